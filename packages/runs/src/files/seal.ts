import { canonicalJson, isPlain } from '@dropout-lab/contracts';
import { sha256 } from '@dropout-lab/files';

/** The first version of `run.json`, and of `state.json`, that has its own digest in it. */
const SEALED_SINCE = 3;

/** Returns the content of a JSON file with the SHA-256 of it, as `digest`. */
export const sealed = async (content: object): Promise<object> => ({
  ...content,
  digest: await digestOf(content),
});

/** A digest that is not that of the content, in words. */
export interface BrokenSeal {
  readonly expected: string;
  readonly found: string;
}

/**
 * Compares the content of a JSON file with the digest that it has of itself.
 *
 * @param version The one that this program reads; of a newer one, nothing is known.
 * @returns Undefined when they agree, and for files of versions that had none.
 */
export const brokenSealOf = async (content: unknown, version: number): Promise<BrokenSeal | undefined> => {
  if (!isPlain(content)) return undefined;
  const { digest, ...rest } = content;
  const written = Number(content['schemaVersion']);
  if (written > version || (digest === undefined && !(written >= SEALED_SINCE))) return undefined;
  const found = await digestOf(rest);
  if (digest === found) return undefined;
  return digest === undefined
    ? { expected: 'a digest', found: 'none' }
    : { expected: `SHA-256 ${String(digest).slice(0, 64)}`, found };
};

/** Of the content as it is read back: JSON has no NaN and no undefined. How it is laid out does not matter. */
const digestOf = async (content: object): Promise<string> => {
  try {
    return await sha256(canonicalJson(JSON.parse(JSON.stringify(content))));
  } catch (error) {
    if (error instanceof RangeError) return 'JSON that is nested too deeply';
    throw error;
  }
};
