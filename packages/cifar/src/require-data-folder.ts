import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError, type DatasetName } from '@dropout-lab/contracts';
import { isNotFound, systemErrorCode } from '@dropout-lab/files/node';
import { datasetLoaders } from './dataset-table.ts';
import { recordBytes } from './decode.ts';

/**
 * Looks whether a folder has the files of a data set, each with as many bytes as it must have, and reads none of them: for
 * whoever has more to do before the images are loaded, which verifies them. A data set that is drawn needs no folder.
 *
 * @throws ConfigError naming the first file that is missing or has another length.
 */
export const requireDataFolder = async (name: DatasetName, directory: string): Promise<void> => {
  const loader = datasetLoaders[name];
  if (loader.kind === 'drawn') return;
  const { title, files, archive } = loader.files;
  for (const file of files) {
    const bytes = file.images * recordBytes(loader.files);
    const found = foundAt(await lookAt(join(directory, file.name)));
    if (found === `${bytes} bytes`) continue;
    throw new ConfigError(
      `${join(directory, file.name)}: expected a file of ${title} with ${bytes} bytes, found ${found}: give the folder that ${archive.fileName} unpacks to`,
    );
  }
};

const lookAt = async (path: string): Promise<Stats | string> => {
  try {
    return await stat(path);
  } catch (error) {
    return isNotFound(error) ? 'none' : `one that is unreadable (${systemErrorCode(error)})`;
  }
};

const foundAt = (found: Stats | string): string => {
  if (typeof found === 'string') return found;
  return found.isFile() ? `${found.size} bytes` : 'something that is not a file';
};
