import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex } from '@noble/hashes/utils';
import type { CifarDescriptor, CifarFile } from './datasets.ts';
import { checkRecords, recordBytes } from './decode.ts';
import { CifarFormatError } from './errors.ts';
import { htmlStart } from './fetch/html.ts';

/** SHA-256 in hex: by Web Crypto, or in JavaScript where that is withheld, in pages served over plain http. */
export const sha256Hex = async (bytes: Uint8Array): Promise<string> => {
  const web: Partial<typeof globalThis.crypto> | undefined = globalThis.crypto;
  const digest = web?.subtle
    ? new Uint8Array(await web.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>))
    : sha256(bytes);
  return bytesToHex(digest);
};

/**
 * Checks a file's content: no web page, right length, possible labels, known digest.
 *
 * @param where Name or path for the error.
 * @param known The digest to hold it against, hex; null when there is none.
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
  const digest = await sha256Hex(bytes);
  if (known !== null && digest !== known) {
    throw new CifarFormatError(where, 'altered', `SHA-256 ${known}`, `SHA-256 ${digest}`);
  }
  return digest;
};
