import { sha256 } from '@dropout-lab/files';
import type { CifarDescriptor, CifarFile } from './datasets.ts';
import { checkRecords, recordBytes } from './decode.ts';
import { CifarFormatError } from './errors.ts';
import { htmlStart } from './fetch/html.ts';

/**
 * Checks a file's content: no web page, right length, possible labels, known digest.
 *
 * @param where Name or path for the error.
 * @param known The digest that it must have, in hexadecimal; null when none is known.
 * @returns The content's SHA-256, hex.
 * @throws CifarFormatError
 */
export const verifyBytes = async (
  dataset: CifarDescriptor,
  file: CifarFile,
  where: string,
  bytes: Uint8Array,
  known: string | null = file.sha256,
): Promise<string> => {
  const length = file.images * recordBytes(dataset);
  if (bytes.length !== length && htmlStart(bytes) === undefined) {
    throw new CifarFormatError(where, 'wrong-length', `${length} bytes`, `${bytes.length} bytes`);
  }
  checkRecords(dataset, { name: where, bytes });
  const digest = await sha256(bytes);
  if (known !== null && digest !== known) {
    throw new CifarFormatError(where, 'altered', `SHA-256 ${known}`, `SHA-256 ${digest}`);
  }
  return digest;
};
