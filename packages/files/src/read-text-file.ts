import { type ReadOptions, RefusedFileError, readRegularFile } from './read-regular-file.ts';

/**
 * Reads a text that a person wrote, in UTF-8; a byte order mark at its beginning, which some editors write, is left out.
 *
 * @throws RefusedFileError as {@link readRegularFile} does, and for a text in UTF-16, UTF-32 or any other encoding; Error
 *   of the file system when it cannot be read.
 */
export const readTextFile = async (path: string, options: Pick<ReadOptions, 'limit'>): Promise<string> =>
  decodeText((await readRegularFile(path, options)).bytes);

const decodeText = (bytes: Uint8Array): string => {
  const encoding = otherEncodingOf(bytes);
  if (encoding !== undefined) throw new RefusedFileError(`its text is ${encoding}`, 'save it as UTF-8');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new RefusedFileError('its text is not UTF-8', 'save it as UTF-8');
  }
};

/** Known by its byte order mark, or by the zeros that ASCII characters, with which every such file begins, have in it. */
const otherEncodingOf = ([a, b, c, d]: Uint8Array): string | undefined => {
  if (a === 0xff && b === 0xfe)
    return c === 0 && d === 0 ? 'UTF-32 (little-endian)' : 'UTF-16 (little-endian)';
  if (a === 0xfe && b === 0xff) return 'UTF-16 (big-endian)';
  if (a === 0 && b === 0) return 'UTF-32 (big-endian)';
  if (a === 0 && b !== undefined) return 'UTF-16 (big-endian)';
  if (b === 0) return c === 0 && d === 0 ? 'UTF-32 (little-endian)' : 'UTF-16 (little-endian)';
  return undefined;
};
