import { sha256 as digestInJavaScript } from '@noble/hashes/sha2';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils';

const bytesOf = (content: string | Uint8Array): Uint8Array =>
  typeof content === 'string' ? utf8ToBytes(content) : content;

/** Returns the SHA-256 of bytes or of a text in UTF-8, in hexadecimal: in JavaScript, some thirty times slower than {@link sha256}. */
export const sha256Sync = (content: string | Uint8Array): string =>
  bytesToHex(digestInJavaScript(bytesOf(content)));

/**
 * Returns the SHA-256 of bytes or of a text in UTF-8, in hexadecimal: by Web Crypto, or in JavaScript where a browser
 * lacks that, on pages served over plain http.
 */
export const sha256 = async (content: string | Uint8Array): Promise<string> => {
  const web: Partial<typeof globalThis.crypto> | undefined = globalThis.crypto;
  if (!web?.subtle) return sha256Sync(content);
  const digest = await web.subtle.digest('SHA-256', bytesOf(content) as Uint8Array<ArrayBuffer>);
  return bytesToHex(new Uint8Array(digest));
};
