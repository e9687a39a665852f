import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '@dropout-lab/contracts';
import { type OpenedFile, openRegularFile } from '@dropout-lab/files/node';
import { isHdf5, isKerasArchive, isSafetensors, type WeightShape } from '@dropout-lab/interchange';
import { readInput } from '../../command/read-input.ts';

/** Of an archive with the weights of the largest model that is built, and an optimizer's for each. */
const MOST_BYTES = 2 ** 31;
/** Of the largest model alone, behind the longest header. */
const MOST_BYTES_OF_SAFETENSORS = 2 ** 30 + 2 ** 24 + 8;
/** Of what a file has beside its weights. */
const MOST_OTHER_BYTES = 2 ** 24;
/** With those of an optimizer that keeps three arrays, and an average of weights. */
const MOST_BYTES_OF_WEIGHT = 5 * 4;

/** The kinds of files that are read, for messages. */
const READ = 'a .weights.h5 or .keras file of Keras 3, a .safetensors file, or a model.json of TensorFlow.js';

const mostBytesOf = (weights: readonly WeightShape[]): number =>
  MOST_OTHER_BYTES +
  weights.reduce(
    (sum, { shape }) => sum + MOST_BYTES_OF_WEIGHT * shape.reduce((size, length) => size * length, 1),
    0,
  );

/** At least as many bytes as the kind of a file is known by. */
const BEGINNING = 16;

/** Whether a file begins as an object in JSON does: the `model.json` of TensorFlow.js. */
export const isJson = (bytes: Uint8Array): boolean =>
  /^\s*\{/.test(Buffer.from(bytes.subarray(0, BEGINNING)).toString('latin1'));

const kinds = { hdf5: isHdf5, keras: isKerasArchive, safetensors: isSafetensors, json: isJson };
type ModelFileKind = keyof typeof kinds;
const mostBytes: Readonly<Record<ModelFileKind, number>> = {
  hdf5: MOST_BYTES,
  keras: MOST_BYTES,
  safetensors: MOST_BYTES_OF_SAFETENSORS,
  // Its weights are in other files.
  json: MOST_OTHER_BYTES,
};

/** The list of an archive's files comes last, before a comment of at most 64 KiB. */
const hasEndOfArchive = async ({ stats, read }: OpenedFile): Promise<boolean> => {
  const most = 22 + 0xffff;
  return (await read(Math.max(0, stats.size - most), most)).includes('PK\x05\x06', 0, 'latin1');
};

/** @throws ConfigError when it is a folder of such a file, as that of an export for a hub, naming the file. */
const requireNoFolder = async (path: string): Promise<void> => {
  if (!(await stat(path)).isDirectory()) return;
  const inside = (await readdir(path)).sort();
  const found = inside.find((name) => /(?:\.(?:keras|safetensors|weights\.h5)|^model\.json)$/.test(name));
  if (found === undefined) return;
  throw new ConfigError(`${path}: expected ${READ}, found a folder: give ${join(path, found)}`);
};

/**
 * Reads a file of a model, when it begins as one does and is no longer than one can be.
 *
 * @param describedAs Returns the weights of the model that the user describes, where a file of the kind says nothing of its own.
 */
export const readModelFile = (
  path: string,
  describedAs: (kind: ModelFileKind) => Promise<readonly WeightShape[] | undefined>,
): Promise<Uint8Array> =>
  readInput(path, 'a file that can be read', async () => {
    await requireNoFolder(path);
    const file = await openRegularFile(path, { limit: MOST_BYTES });
    try {
      const { size } = file.stats;
      const beginning = await file.read(0, BEGINNING);
      const kind = (Object.keys(kinds) as ModelFileKind[]).find((name) => kinds[name](beginning));
      if (kind === undefined) {
        throw new ConfigError(
          `${path}: expected ${READ}, found ${size} bytes that begin like none of them: save the model with model.save('NAME.keras')`,
        );
      }
      if (kind === 'keras' && !(await hasEndOfArchive(file))) {
        throw new ConfigError(
          `${path}: expected a .keras file of Keras 3, found an archive of ${size} bytes without its end: copy it again`,
        );
      }
      const weights = kind === 'json' ? undefined : await describedAs(kind);
      const most = mostBytes[kind];
      const limit = Math.min(most, weights ? mostBytesOf(weights) : most);
      if (size <= limit) return await file.read(0, size);
      throw new ConfigError(
        kind === 'json'
          ? `${path}: expected a model.json of at most ${limit} bytes, found ${size}: save the model again`
          : `${path}: expected a file of at most ${limit} bytes, more than weights of this model and an optimizer's take, found ${size}: describe the model that the file was saved from`,
      );
    } finally {
      await file.close();
    }
  });
