import { ConfigError } from '@dropout-lab/contracts';
import { folderInMemory, type GivenFolder, type OwnDataset, surveyFolder } from '@dropout-lab/data';
import type { OwnImagesOptions } from './own-images-options.ts';
import type { Platform } from './platform.ts';

/** Options of the function that loads a folder of pictures. */
export interface ImageFolderOptions extends OwnImagesOptions {
  /** Test images, with the same classes, given as the training images are: a path or a folder. */
  readonly test?: string | GivenFolder | undefined;
}

/** Returns the function that loads a folder of pictures. */
export const imageFolderOn =
  ({ loadImageFolder, decodePicture }: Pick<Platform, 'loadImageFolder' | 'decodePicture'>) =>
  async (folder: string | GivenFolder, options: ImageFolderOptions = {}): Promise<OwnDataset> => {
    const { test, ...others } = options;
    if (typeof folder === 'string') {
      if (test !== undefined && typeof test !== 'string')
        throw refusal('test: expected a path, as the training images have, found a folder');
      return loadImageFolder(folder, { ...others, test });
    }
    if (typeof folder !== 'object' || folder === null)
      throw refusal(`expected a path or a folder, received ${typeof folder}`);
    if (typeof test === 'string')
      throw refusal(`test: expected a folder, as of the training images, found ${test}`);
    const surveyed = await surveyFolder(folder, { test, signal: others.signal });
    return folderInMemory(surveyed, await decodePicture(), others);
  };

const refusal = (what: string): ConfigError =>
  new ConfigError(
    `imageFolder: ${what}: give paths in Node, and in a page what was dropped, chosen or opened`,
  );
