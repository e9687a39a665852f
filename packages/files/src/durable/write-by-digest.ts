import { createHash, randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { removeLeftovers } from './remove-leftovers.ts';

const UNFINISHED = 'unfinished-';

/**
 * Writes a file that is named by the SHA-256 of its content, from parts, so that it is never in memory as a whole. Readers
 * find all of it or none, even after a crash. Its content is on the disk when this resolves. An error leaves nothing; what
 * a killed process left is removed by the next one that writes into the folder.
 *
 * @param folder It must exist.
 * @param extension What follows the digest, such as `.bin`.
 * @returns The digest, in hexadecimal.
 * @throws Error of the file system, or one that the parts throw.
 */
export const writeByDigest = async (
  folder: string,
  parts: AsyncIterable<Uint8Array>,
  extension: string,
): Promise<string> => {
  await removeLeftovers(folder, UNFINISHED);
  const unfinished = join(folder, `${UNFINISHED}${process.pid}-${randomUUID()}${extension}`);
  try {
    const file = await open(unfinished, 'w');
    const hash = createHash('sha256');
    try {
      for await (const part of parts) {
        hash.update(part);
        await file.writeFile(part);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    const digest = hash.digest('hex');
    await rename(unfinished, join(folder, `${digest}${extension}`));
    return digest;
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
};
