import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DropoutLabError } from '@dropout-lab/contracts';
import { isPictureName } from '@dropout-lab/data/node';
import { systemErrorSentence } from '@dropout-lab/files/node';

/**
 * Returns the files that a path stands for: itself, or the pictures in a folder and in the folders within it, in the order of
 * their names. Hidden ones and symbolic links are left out: these may lead anywhere.
 *
 * @throws DropoutLabError for a folder without pictures, or one that cannot be read.
 */
export const pictureFilesOf = async (path: string): Promise<readonly string[]> => {
  // One that does not exist is refused when it is read, as a picture.
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return [path];
  const files = await picturesIn(path).catch((cause) => {
    throw new DropoutLabError(systemErrorSentence(cause, path, 'a folder of pictures', 'choose another'), {
      cause,
    });
  });
  if (files.length > 0) return files;
  throw new DropoutLabError(
    `${path}: expected a folder with PNG, JPEG, WebP, AVIF, GIF or TIFF images, found none: name the files themselves if they have other endings`,
  );
};

const picturesIn = async (folder: string): Promise<string[]> => {
  const entries = (await readdir(folder, { withFileTypes: true }))
    .filter(({ name }) => !name.startsWith('.'))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const found = await Promise.all(
    entries.map((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return picturesIn(path);
      return entry.isFile() && isPictureName(entry.name) ? [path] : [];
    }),
  );
  return found.flat();
};
