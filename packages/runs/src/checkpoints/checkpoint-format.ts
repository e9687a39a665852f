import {
  migrate,
  type NamedArray,
  parseRunManifest,
  parseWith,
  type RunConfig,
  type RunManifest,
  type Snapshot,
  trainingProgressSchema,
} from '@dropout-lab/contracts';
import { sha256 } from '@dropout-lab/files';
import { z } from 'zod';
import { CheckpointCorruptError, RunDirectoryError } from '../errors.ts';
import { furthest, type ReachedProgress } from '../events/gaps.ts';
import type { LogBeginning } from '../events/log-beginning.ts';
import { checkpointFiles } from '../files/layout.ts';
import { brokenSealOf, sealed } from '../files/seal.ts';
import { requireTrainedWith } from '../manifest-file.ts';
import { stateSteps } from '../migrations.ts';

/** A model and where its training stands. */
export interface Checkpoint {
  /** The result of `model.toJSON(null, false)` of a tfjs-layers model. */
  readonly modelTopology: object;
  readonly snapshot: Snapshot;
}

/** The contents of a checkpoint's folder by file name. */
export interface CheckpointContents {
  readonly 'model.json': string;
  readonly 'weights.bin': Uint8Array;
  readonly 'optimizer.bin': Uint8Array;
  readonly 'state.json': string;
}

const arraySpecSchema = z.object({ name: z.string(), shape: z.array(z.number().int().min(0)) });
type ArraySpec = z.output<typeof arraySpecSchema>;

const modelSchema = z.object({
  modelTopology: z.record(z.string(), z.unknown()),
  weightsManifest: z.tuple([z.object({ weights: z.array(arraySpecSchema) })]),
});

/** Of `state.json`. */
const STATE_VERSION = 3;

const stateSchema = z.object({
  schemaVersion: z.literal(STATE_VERSION),
  /** The run's manifest, parsed by {@link trainedManifestOf}; null in checkpoints of earlier versions. */
  run: z.record(z.string(), z.unknown()).nullable(),
  progress: trainingProgressSchema,
  /** The arrays of optimizer.bin, in order. */
  slots: z.array(arraySpecSchema),
  /** Of the other files, by name, in hexadecimal. */
  sha256: z.object({ 'model.json': z.string(), 'weights.bin': z.string(), 'optimizer.bin': z.string() }),
  /** `events.jsonl` up to this checkpoint; absent where no run directory has written it. */
  events: z.object({ bytes: z.number().int().min(0), sha256: z.string() }).optional(),
});

/** `state.json`, checked. */
type CheckpointState = z.output<typeof stateSchema>;

/**
 * Returns a checkpoint's files. `model.json` and `weights.bin` are the stock tfjs-layers format, which
 * `tf.loadLayersModel` reads; values are float32, little-endian, one array after the other.
 *
 * @param manifest The run's, which the checkpoint is tied to.
 * @param events The run's events so far, where they are in a file.
 * @throws RunDirectoryError when an array's shape is not its length, or two have one name.
 */
export const encodeCheckpoint = async (
  { modelTopology, snapshot }: Checkpoint,
  manifest: RunManifest,
  events?: LogBeginning,
): Promise<CheckpointContents> => {
  const weights = specsOf(snapshot.weights);
  const model = JSON.stringify({
    format: 'layers-model',
    generatedBy: 'dropout-lab',
    convertedBy: null,
    modelTopology,
    weightsManifest: [
      { paths: [checkpointFiles.weights], weights: weights.map((spec) => ({ ...spec, dtype: 'float32' })) },
    ],
  });
  const contents = {
    'model.json': model,
    'weights.bin': toBytes(snapshot.weights),
    'optimizer.bin': toBytes(snapshot.slots),
  };
  const state: CheckpointState = {
    schemaVersion: STATE_VERSION,
    run: manifest,
    progress: snapshot.progress,
    slots: specsOf(snapshot.slots),
    sha256: {
      'model.json': await sha256(contents['model.json']),
      'weights.bin': await sha256(contents['weights.bin']),
      'optimizer.bin': await sha256(contents['optimizer.bin']),
    },
    ...(events && { events }),
  };
  return { ...contents, 'state.json': JSON.stringify(await sealed(state)) };
};

/**
 * The checkpoint in the files of its folder; needs no file system. Digests are not verified here: `loadCheckpoint` of
 * `@dropout-lab/runs/node` does that.
 *
 * @param config The run's, which gives the names of its callbacks to checkpoints that were kept without.
 * @param where The folder, for errors.
 * @throws CheckpointCorruptError when a file is not JSON or of another length than its arrays.
 * @throws ConfigError when a JSON file is of another form.
 */
export const decodeCheckpoint = (
  contents: CheckpointContents,
  config: Pick<RunConfig, 'callbacks'>,
  where: string,
): Checkpoint => {
  const model = decodeModel(contents['model.json'], where);
  const state = decodeState(contents['state.json'], config, where);
  return {
    modelTopology: model.modelTopology,
    snapshot: {
      weights: weightsOf(model, contents['weights.bin'], where),
      slots: fromBytes(contents['optimizer.bin'], state.slots, `${where}/${checkpointFiles.optimizer}`),
      progress: state.progress,
    },
  };
};

/**
 * Compares a checkpoint's files with the digests that its `state.json` has of them and of itself, and the run's manifest
 * with that of the run that the checkpoint was trained in.
 *
 * @throws CheckpointCorruptError naming the first file that differs.
 * @throws RunChangedError naming the settings that differ.
 */
export const requireIntact = async (
  contents: CheckpointContents,
  manifest: RunManifest,
  where: string,
): Promise<void> => {
  const file = `${where}/${checkpointFiles.state}`;
  const broken = await brokenSealOf(parseJson(contents['state.json'], file), STATE_VERSION);
  if (broken) throw new CheckpointCorruptError(file, broken.expected, broken.found);
  const state = decodeState(contents['state.json'], manifest.config, where);
  for (const file of ['model.json', 'weights.bin', 'optimizer.bin'] as const) {
    const found = await sha256(contents[file]);
    if (found === state.sha256[file]) continue;
    throw new CheckpointCorruptError(`${where}/${file}`, `SHA-256 ${state.sha256[file]}`, found);
  }
  if (state.run) requireTrainedWith(parseRunManifest(state.run, file), manifest, where);
};

/** Returns the result of `read` for each `state.json` that is as it was written; damaged ones are said when a checkpoint is read. */
const fromIntact = async <T>(
  states: readonly (string | undefined)[],
  read: (state: string) => T,
): Promise<T[]> => {
  const found: T[] = [];
  for (const text of states) {
    if (text === undefined) continue;
    try {
      if ((await brokenSealOf(JSON.parse(text), STATE_VERSION)) === undefined) found.push(read(text));
    } catch {
      // No JSON, or of another form or version: another may know.
    }
  }
  return found;
};

/**
 * Returns the manifest that a run had when it wrote a checkpoint, from the first of some `state.json` that is as it was
 * written; undefined where none is, or knows.
 */
export const trainedManifestOf = async (
  states: readonly (string | undefined)[],
): Promise<RunManifest | undefined> =>
  (await fromIntact(states, (text) => parseRunManifest(JSON.parse(text).run, checkpointFiles.state)))[0];

/** Things that checkpoints know of a run's events. */
export interface KnownOfEvents {
  /** How far the run has come. */
  readonly reached: ReachedProgress;
  /** The events as they were when each was saved. */
  readonly beginnings: readonly LogBeginning[];
}

/** Returns what each `state.json` that is as it was written knows of the run's events. */
export const knownOfEvents = async (
  states: readonly (string | undefined)[],
  config: Pick<RunConfig, 'callbacks'>,
): Promise<KnownOfEvents> => {
  const known = await fromIntact(states, (text) => decodeState(text, config, ''));
  return {
    reached: known.map(({ progress }) => progress).reduce(furthest, { epoch: 0, step: 0 }),
    beginnings: known.flatMap(({ events }) => events ?? []),
  };
};

/**
 * The weights in a checkpoint's stock files, `model.json` and `weights.bin`, in `model.weights` order; see
 * {@link decodeCheckpoint}.
 */
export const decodeWeights = (
  contents: Pick<CheckpointContents, 'model.json' | 'weights.bin'>,
  where: string,
): NamedArray[] => weightsOf(decodeModel(contents['model.json'], where), contents['weights.bin'], where);

const decodeModel = (text: string, where: string): z.output<typeof modelSchema> => {
  const file = `${where}/${checkpointFiles.model}`;
  return parseWith(modelSchema, parseJson(text, file), file);
};

const weightsOf = (
  { weightsManifest: [{ weights }] }: z.output<typeof modelSchema>,
  bytes: Uint8Array,
  where: string,
): NamedArray[] => fromBytes(bytes, weights, `${where}/${checkpointFiles.weights}`);

/** `state.json` alone; see {@link decodeCheckpoint}. */
export const decodeState = (
  text: string,
  config: Pick<RunConfig, 'callbacks'>,
  where: string,
): CheckpointState => {
  const file = `${where}/${checkpointFiles.state}`;
  const state = migrate(parseJson(text, file), {
    version: STATE_VERSION,
    steps: stateSteps(config),
    where: file,
  });
  return parseWith(stateSchema, state, file);
};

const parseJson = (text: string, file: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CheckpointCorruptError(file, 'JSON', `${text.length} characters that are not JSON`, { cause });
  }
};

const lengthOf = (shape: readonly number[]): number => shape.reduce((length, size) => length * size, 1);

const specsOf = (arrays: readonly NamedArray[]): ArraySpec[] => {
  const names = new Set<string>();
  return arrays.map(({ name, shape, values }) => {
    if (names.has(name))
      throw new RunDirectoryError(`checkpoint: expected one array named ${name}, found two`);
    names.add(name);
    if (values.length !== lengthOf(shape)) {
      throw new RunDirectoryError(
        `checkpoint: ${name}: expected ${lengthOf(shape)} values for shape [${shape}], found ${values.length}`,
      );
    }
    return { name, shape: [...shape] };
  });
};

const toBytes = (arrays: readonly NamedArray[]): Uint8Array => {
  const bytes = new Uint8Array(arrays.reduce((sum, { values }) => sum + values.byteLength, 0));
  let offset = 0;
  for (const { values } of arrays) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), offset);
    offset += values.byteLength;
  }
  return bytes;
};

const fromBytes = (bytes: Uint8Array, specs: readonly ArraySpec[], file: string): NamedArray[] => {
  const expected = specs.reduce((sum, { shape }) => sum + 4 * lengthOf(shape), 0);
  if (bytes.length !== expected) {
    throw new CheckpointCorruptError(file, `${expected} bytes`, `${bytes.length} bytes`);
  }
  let offset = 0;
  return specs.map(({ name, shape }) => {
    // Copied, since a view would have to begin at a multiple of four bytes of whatever buffer this came in.
    const values = new Float32Array(lengthOf(shape));
    new Uint8Array(values.buffer).set(bytes.subarray(offset, offset + values.byteLength));
    offset += values.byteLength;
    return { name, shape, values };
  });
};
