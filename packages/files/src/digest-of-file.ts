import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/**
 * Returns the digest of a file of any size, in hexadecimal; the file is never in memory as a whole.
 *
 * @param algorithm A name of Node's, such as `sha256`.
 * @throws Error of the file system when the file cannot be read.
 */
export const digestOfFile = async (path: string, algorithm: string): Promise<string> => {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
};
