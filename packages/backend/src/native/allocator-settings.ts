/** In glibc from this version on, any threshold can be set; before it, at most 32 MB. */
const WITHOUT_LIMIT = [2, 35] as const;
const names = ['MALLOC_MMAP_THRESHOLD_', 'MALLOC_TRIM_THRESHOLD_'] as const;

/**
 * Returns variables of the environment that a process which computes by tfjs-node should be started with. By default glibc
 * maps the memory of every large tensor anew and gives it back after one operation, so that each of its pages is a fault,
 * which the system fills with zeros; with these it keeps the memory. It reads them when a process starts.
 *
 * @returns None where the C library is another one, or where the environment has one of them already.
 */
export const allocatorSettings = (
  environment: Readonly<Record<string, string | undefined>> = process.env,
  glibc: string | null = glibcVersion(),
): Readonly<Record<string, string>> => {
  if (glibc === null || names.some((name) => environment[name] !== undefined)) return {};
  const [major = 0, minor = 0] = glibc.split('.').map(Number);
  const isWithoutLimit =
    major > WITHOUT_LIMIT[0] || (major === WITHOUT_LIMIT[0] && minor >= WITHOUT_LIMIT[1]);
  return {
    MALLOC_MMAP_THRESHOLD_: `${isWithoutLimit ? 2 ** 32 : 2 ** 25}`,
    MALLOC_TRIM_THRESHOLD_: `${2 ** 34}`,
  };
};

/** The version of glibc, `2.36`; null on musl, macOS and Windows. */
const glibcVersion = (): string | null => {
  if (process.platform !== 'linux') return null;
  const report = process.report as typeof process.report & { excludeNetwork?: boolean };
  // Looking up the names of open connections can take seconds.
  report.excludeNetwork = true;
  const { header } = report.getReport() as { readonly header: { readonly glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime ?? null;
};
