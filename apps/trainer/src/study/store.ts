import { stat } from 'node:fs/promises';
import { ConfigError } from '@dropout-lab/contracts';
import { isNotFound, kindOf, systemErrorSentence } from '@dropout-lab/files/node';
import { requireFolder } from '../output.ts';

/** The folder that runs of studies are kept in by default. */
export const DEFAULT_STORE = 'runs/studies';

/** The folder that reports are written to by default. */
export const REPORTS_FOLDER = 'reports';

/**
 * Refuses what is no store of runs, before anything is read of it.
 *
 * @throws ConfigError when it is no folder, is missing where runs are to be read, or cannot be written where it may be missing.
 */
export const requireStore = async (
  store: string,
  { mayBeMissing = false }: { readonly mayBeMissing?: boolean } = {},
): Promise<void> => {
  const refuse = (found: string, cause?: unknown): never => {
    throw new ConfigError(
      `--store ${store}: expected a folder of runs, found ${found}; give the folder that the study was run in, or run it first`,
      [],
      { cause },
    );
  };
  try {
    const found = await stat(store);
    if (!found.isDirectory()) refuse(kindOf(found));
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    if (!isNotFound(error)) {
      const sentence = systemErrorSentence(error, `--store ${store}`, 'a folder of runs', 'choose another');
      throw new ConfigError(sentence, [], { cause: error });
    }
    const isBelowFile = (error as NodeJS.ErrnoException).code === 'ENOTDIR';
    if (isBelowFile || !mayBeMissing) refuse(isBelowFile ? 'a path below a file' : 'none', error);
  }
  if (mayBeMissing) await requireFolder({ option: '--store', place: store });
};
