import { Unzip, type UnzipFile, UnzipInflate } from 'fflate';

/** A run's archive is no longer than this. */
const LIMITS = {
  /** Bytes of the archive, and of all that its files have together. */
  bytes: 512 * 2 ** 20,
  /** Bytes of a file of text; weights are as long as the archive may be. */
  text: 64 * 2 ** 20,
  /** A run has a dozen. */
  files: 2000,
};

/** So many bytes are read at once, and of them so many unpacked: a thousand times as many, of an archive that means harm. */
const READ = 4 * 2 ** 20;
const UNPACKED = 2 ** 15;

/**
 * Unpacks a ZIP file, bit by bit, and no more of it than a run can have: what its headers say of sizes is not believed.
 *
 * @returns Contents by path.
 * @throws An Error that says what was expected and found.
 */
export const unzip = async (
  file: Blob & { readonly name: string },
  limits = LIMITS,
): Promise<Map<string, Uint8Array>> => {
  const refuse = (found: string, remedy: string): never => {
    throw new Error(`${file.name}: expected a ZIP file of a run, found ${found}: ${remedy}`);
  };
  const tooMuch = (found: string): never =>
    refuse(found, 'unpack it and show its folder with dropout-lab view');
  if (file.size > limits.bytes) tooMuch(`${file.size} bytes, and the limit is ${limits.bytes}`);
  if (!(await startsAsZip(file)))
    refuse('a file of another kind', 'give the one that “Download the run” has saved');

  const files = new Map<string, Uint8Array[]>();
  let count = 0;
  let size = 0;
  const take = (entry: UnzipFile): void => {
    const { name } = entry;
    if (++count > limits.files) tooMuch(`more than ${limits.files} files`);
    if (name.endsWith('/')) return;
    if (name.split(/[/\\]/).some((part) => part === '..' || part === '.' || part === ''))
      refuse(
        `the path ${JSON.stringify(name.slice(0, 100))} in it`,
        'give one whose files are in folders of their own',
      );
    const parts: Uint8Array[] = [];
    let length = 0;
    files.set(name, parts);
    entry.ondata = (error, part) => {
      if (error) throw error;
      size += part.length;
      length += part.length;
      if (size > limits.bytes) tooMuch(`more than ${limits.bytes} bytes in it`);
      if (length > limits.text && !name.endsWith('.bin'))
        tooMuch(`more than ${limits.text} bytes in ${name}`);
      parts.push(part);
    };
    entry.start();
  };
  const archive = new Unzip(take);
  archive.register(UnzipInflate);
  for (let at = 0; at < file.size; at += READ) {
    const bytes = new Uint8Array(await file.slice(at, at + READ).arrayBuffer());
    for (let from = 0; from < bytes.length; from += UNPACKED) {
      const isLast = at + from + UNPACKED >= file.size;
      try {
        archive.push(bytes.subarray(from, from + UNPACKED), isLast);
      } catch (error) {
        if (isOfUnzip(error)) refuse(`one that cannot be unpacked (${error.message})`, 'download it again');
        throw error;
      }
    }
  }
  return new Map([...files].map(([path, parts]) => [path, joined(parts)]));
};

/** Whether a file begins with the header of an entry, or with the end of an archive that has none. */
const startsAsZip = async (file: Blob): Promise<boolean> => {
  const [p, k, third, fourth] = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  return p === 0x50 && k === 0x4b && ((third === 3 && fourth === 4) || (third === 5 && fourth === 6));
};

/** Errors of fflate have a code. */
const isOfUnzip = (error: unknown): error is Error => error instanceof Error && 'code' in error;

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};
