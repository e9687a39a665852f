import { ConfigError, parseJson } from '@dropout-lab/contracts';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { InterchangeError, KerasWeightsError } from '../errors.ts';

/** The files of a `.keras` archive. */
export const archived = {
  metadata: 'metadata.json',
  config: 'config.json',
  weights: 'model.weights.h5',
} as const;

const ZIP_SIGNATURE = [0x50, 0x4b, 0x03, 0x04];

/** Whether bytes begin as a zip archive does. */
export const isArchive = (bytes: Uint8Array): boolean => ZIP_SIGNATURE.every((byte, i) => bytes[i] === byte);

/** Returns the bytes of an archive of these files, which are not compressed: weights hardly can be. */
export const writeArchive = (files: Readonly<Record<string, string | Uint8Array>>): Uint8Array => {
  const contents = Object.entries(files).map(([name, content]) => [
    name,
    typeof content === 'string' ? strToU8(content) : content,
  ]);
  // The same archive at any time; a zip archive counts from this day in local time.
  return zipSync(Object.fromEntries(contents), { level: 0, mtime: new Date(1980, 0, 1) });
};

/** Of the configuration of a model with thousands of layers. */
const MOST_CONFIG_BYTES = 2 ** 24;
/** Above the first many bytes, weights that shrink to so small a part are none. */
const FREE_BYTES = 2 ** 26;
const MOST_RATIO = 100;

/**
 * Unpacks a file of an archive, and nothing else of it.
 *
 * @param where The archive's name, for errors.
 * @param isWanted Is asked with the file's length before it is unpacked.
 * @throws KerasWeightsError when the archive is damaged, has the file twice, or has one that is longer than a model's.
 */
const unpack = (
  bytes: Uint8Array,
  name: string,
  where: string,
  isWanted: (length: number) => boolean = () => true,
): Uint8Array | undefined => {
  let files: Record<string, Uint8Array>;
  let isFound = false;
  try {
    files = unzipSync(bytes, {
      filter: (file) => {
        if (file.name !== name) return false;
        // Of a thousand files of one name each would be unpacked, and the last one taken.
        if (isFound) throw refusal(where, name, 'two of that name');
        isFound = true;
        const most =
          name === archived.weights ? Math.max(FREE_BYTES, MOST_RATIO * file.size) : MOST_CONFIG_BYTES;
        if (file.originalSize > most) {
          throw refusal(
            where,
            name,
            `one of ${file.originalSize} bytes, packed into ${file.size}, where at most ${most} are read`,
          );
        }
        return isWanted(file.originalSize);
      },
    });
  } catch (cause) {
    throw cause instanceof KerasWeightsError ? cause : refusal(where, name, 'a damaged one', { cause });
  }
  return files[name];
};

const refusal = (where: string, name: string, found: string, options?: ErrorOptions): KerasWeightsError =>
  new KerasWeightsError(
    `${where}: expected an archive with ${name}, found ${found}: save the model in Keras with model.save('NAME.keras')`,
    options,
  );

/** Returns a file of an archive. @throws KerasWeightsError when it is not there, or as {@link unpack} does. */
export const readArchived = (bytes: Uint8Array, name: string, where: string): Uint8Array => {
  const found = unpack(bytes, name, where);
  if (found === undefined) throw refusal(where, name, 'one without it');
  return found;
};

/** Returns the length of a file of an archive, which is not unpacked. @throws KerasWeightsError as {@link readArchived} does. */
export const lengthOfArchived = (bytes: Uint8Array, name: string, where: string): number => {
  let found: number | undefined;
  unpack(bytes, name, where, (length) => {
    found = length;
    return false;
  });
  if (found === undefined) throw refusal(where, name, 'one without it');
  return found;
};

/** Returns a file of an archive, read as JSON; undefined where it lacks it. @throws InterchangeError when it is none. */
export const findArchivedJson = (bytes: Uint8Array, name: string, where: string): unknown => {
  const found = unpack(bytes, name, where);
  return found === undefined ? undefined : jsonOf(found, `${where}: ${name}`);
};

/** {@link readArchived}, for JSON. @throws InterchangeError when it is none. */
export const readArchivedJson = (bytes: Uint8Array, name: string, where: string): unknown =>
  jsonOf(readArchived(bytes, name, where), `${where}: ${name}`);

const jsonOf = (bytes: Uint8Array, where: string): unknown => {
  try {
    return parseJson(strFromU8(bytes), where);
  } catch (cause) {
    throw cause instanceof ConfigError ? new InterchangeError(cause.message, { cause }) : cause;
  }
};
