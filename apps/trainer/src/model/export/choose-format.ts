import { ConfigError } from '@dropout-lab/contracts';
import type { ExportFormat } from './format.ts';
import { DEFAULT_FORMAT, type ExportFormatName, exportFormatNames, exportFormats } from './table.ts';

/** A format by its name, as any of them. */
export const exportFormatOf = (name: ExportFormatName): ExportFormat => exportFormats[name];

/**
 * Returns the format that `--format` names, or the one whose files end as the name of `--output` does.
 *
 * @throws ConfigError when the two differ, or the name ends as no format does.
 */
export const chooseFormat = (
  named: ExportFormatName | undefined,
  output: string | undefined,
): ExportFormatName => {
  if (named !== undefined) {
    const { extension } = exportFormatOf(named);
    // Keras takes a file of any other name for one of an older format.
    if (extension === undefined || output === undefined || output.endsWith(extension)) return named;
    throw new ConfigError(
      `--output: expected a name that ends in ${extension}, as every file of the format ${named}, received ${output}`,
    );
  }
  if (output === undefined) return DEFAULT_FORMAT;
  const found = exportFormatNames.find((name) => {
    const { extension } = exportFormatOf(name);
    return extension !== undefined && output.endsWith(extension);
  });
  if (found !== undefined) return found;
  const extensions = exportFormatNames.flatMap((name) => exportFormatOf(name).extension ?? []);
  throw new ConfigError(
    `--output: expected a name that ends in ${extensions.join(' or ')}, received ${output}: give one, or name the format by --format`,
  );
};
