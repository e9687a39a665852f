import {
  ConfigError,
  type DatasetChoice,
  imageFitSchema,
  type ModelInput,
  type NamedArray,
  parseJson,
  parseWith,
} from '@dropout-lab/contracts';
import { sha256 } from '@dropout-lab/files';
import {
  CLASSIFIER_FILE,
  type ClassifierData,
  type DescribedLayersModel,
  decodeLayersModel,
  describedBy,
} from '@dropout-lab/interchange';
import { z } from 'zod';
import { counted } from '../format.ts';

/** A model in files, which has not been built yet. */
export interface ModelInFiles {
  /** The name of the file, for errors. */
  readonly file: string;
  readonly model: ModelInput;
  /** The images that it was trained on; undefined where the file does not say. */
  readonly dataset: DatasetChoice | undefined;
  /** In the order of its outputs; undefined for those of the data set. */
  readonly classNames: readonly string[] | undefined;
  /** The number of weights that the file has. */
  readonly mostWeights: number;
  readonly decodeWeights: () => Promise<readonly NamedArray[]>;
  readonly sha256: string;
}

/** Of a topology with thousands of layers, and the list of their weights. */
const MOST_TEXT_BYTES = 2 ** 24;
/** More would not fit into a page's memory several times. */
const MOST_BYTES = 2 ** 28;

/** The part of `classifier.json` that this page relies on; it gives pixels as byte / 255. */
const classifierSchema = z.object({
  formatVersion: z.literal(1),
  classNames: z.array(z.string()),
  preprocessing: z.object({
    imageShape: z.tuple([z.number(), z.number(), z.number()]),
    fit: imageFitSchema,
    divideBy: z.literal(255),
    dataFormat: z.enum(['channels_last', 'channels_first']),
  }),
  run: z.object({ dataset: z.string() }),
});

const classifierOf = (text: string): ClassifierData =>
  parseWith(classifierSchema, parseJson(text, CLASSIFIER_FILE), CLASSIFIER_FILE);

/**
 * Reads a LayersModel of TensorFlow.js from its files: the `model.json` decides which others are read.
 *
 * @returns The model, and what was assumed of it, in sentences.
 * @throws InterchangeError or ConfigError that says what was expected and found.
 */
export const readLayersModel = async (
  files: readonly File[],
): Promise<ModelInFiles & { readonly notes: readonly string[] }> => {
  const description = files.find(({ name }) => name === CLASSIFIER_FILE);
  const source = modelFileOf(files);
  const file = source.name;
  const text = await textOf(source);
  const described = decodeLayersModel(text, file);
  const weightFiles = weightFilesOf(described, files, file);
  const classifier = description && classifierOf(await textOf(description));
  const digest = await sha256(new TextEncoder().encode(text));
  const { model, weights } = described;
  const assumed = `${file} has no ${CLASSIFIER_FILE} beside it: its classes are numbered.`;
  return {
    file,
    model,
    ...describedBy(described, classifier, { file, sha256: digest }),
    mostWeights: weights,
    decodeWeights: async () => {
      const contents = new Map<string, Uint8Array>();
      for (const [path, one] of weightFiles) contents.set(path, new Uint8Array(await one.arrayBuffer()));
      return described.decodeWeights(contents);
    },
    sha256: digest,
    notes: [...(classifier ? [] : [assumed]), ...described.notes.map((note) => `${note}.`)],
  };
};

/** `model.json`, or the one file that could be it under another name. */
const modelFileOf = (files: readonly File[]): File => {
  const candidates = files.filter(({ name }) => /\.json$/i.test(name) && name !== CLASSIFIER_FILE);
  const found = candidates.find(({ name }) => name === 'model.json') ?? candidates[0];
  const isOne = candidates.length === 1 || found?.name === 'model.json';
  if (found !== undefined && isOne) return found;
  throw new ConfigError(
    `${files[0]?.name}: expected the model.json of a model and the files with its weights, found ${counted(files.length, 'file')} ${found ? `and ${candidates.length} of them could be it` : 'and none of them is it'}: drop a model.json together with the files that it names`,
  );
};

const textOf = async (file: File): Promise<string> => {
  if (file.size <= MOST_TEXT_BYTES) return file.text();
  throw new ConfigError(
    `${file.name}: expected a file of at most ${MOST_TEXT_BYTES / 2 ** 20} MiB, found ${Math.ceil(file.size / 2 ** 20)}: save the model again`,
  );
};

/** The files with a model's weights, by the paths that the model has for them; a page knows the names of files alone. */
const weightFilesOf = (
  { weightFiles }: DescribedLayersModel,
  files: readonly File[],
  model: string,
): ReadonlyMap<string, File> => {
  const byName = new Map(files.map((file) => [file.name, file]));
  const names = weightFiles.map((path) => path.split('/').at(-1)!);
  const missing = names.find((name) => !byName.has(name));
  if (missing !== undefined) {
    throw new ConfigError(
      `${model}: expected its weights, ${names.length === 1 ? missing : `${names.length} files, among them ${missing}`}, dropped with it, found none of that name: drop ${model} together with ${names.length === 1 ? 'it' : 'them'}`,
    );
  }
  if (new Set(names).size < names.length) {
    throw new ConfigError(
      `${model}: expected files of weights whose names differ, found ${names.join(', ')}: save the model again`,
    );
  }
  const bytes = names.reduce((sum, name) => sum + byName.get(name)!.size, 0);
  if (bytes > MOST_BYTES) {
    throw new ConfigError(
      `${model}: expected weights of at most ${MOST_BYTES / 2 ** 20} MiB, found ${Math.ceil(bytes / 2 ** 20)}: show a smaller model`,
    );
  }
  return new Map(weightFiles.map((path, i) => [path, byName.get(names[i]!)!]));
};
