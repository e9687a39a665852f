import { ConfigError, DropoutLabError, type ImageFit, type ImageShape } from '@dropout-lab/contracts';
import { softmax, standardDeviation } from '@dropout-lab/metrics';
import {
  createLogitsFunction,
  dropoutLayersOf,
  sampling,
  setDropoutPosition,
  weightsOfTopology,
} from '@dropout-lab/model';
import { io, type Tensor, tensor, tidy, transpose } from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import { type ClassifierDescription, classifierFiles, parseDescription } from './description.ts';

/** A class and its probability. */
export interface Classification {
  /** The name of the class. */
  readonly label: string;
  /** 0..1, with dropout off; those of all classes add up to 1. */
  readonly probability: number;
  /** Standard deviation of the probability over the masked passes; absent where none were asked for. */
  readonly spread?: number;
}

/** Options of a {@link Classifier}. */
export interface ClassifyOptions {
  /** Passes with dropout on, for the spread: 30 show it well. At least 2; without it, there are none. */
  readonly passes?: number;
  /** Another number draws other masks; 0 by default. */
  readonly seed?: number;
}

/** Classifies pictures; see `loadClassifier`. */
export interface Classifier<Picture> {
  /**
   * Returns all classes, the most probable first.
   *
   * @throws DropoutLabError when the picture cannot be read, or the model has no finite answer.
   * @throws ConfigError for impossible options.
   */
  (picture: Picture, options?: ClassifyOptions): Promise<Classification[]>;
  /** In the order of the model's outputs. */
  readonly classNames: readonly string[];
  /** The form of the model's input and output, and the run that it comes from. */
  readonly description: ClassifierDescription;
  /** Whether the model has dropout, and so a spread. */
  readonly hasSpread: boolean;
  /** Frees the memory of the model's weights. */
  dispose(): void;
}

/** The content of a classifier's files. */
export interface ClassifierContent {
  readonly description: string;
  readonly model: string;
  readonly weights: Uint8Array;
}

/** Every seed has masks of its own for so many passes. */
const MOST_PASSES = 10_000;

/**
 * Makes a classifier of its files, on the backend that runs.
 *
 * @param where The folder, for errors.
 * @param pixelsOf Returns a picture's pixels, uint8 [height, width, channels].
 * @throws DropoutLabError when a file is not what it should be.
 */
export const openClassifier = async <Picture>(
  { description: text, model: topology, weights }: ClassifierContent,
  where: string,
  pixelsOf: (picture: Picture, shape: ImageShape, fit: ImageFit) => Promise<Uint8Array>,
): Promise<Classifier<Picture>> => {
  const description = parseDescription(text, `${where}/${classifierFiles.description}`);
  const { classNames, dropoutFactor, preprocessing } = description;
  const [height, width, channels] = preprocessing.imageShape;
  const model = await modelOf(topology, weights, where);
  const shapes = [model.inputs[0]!, model.outputs[0]!].map(({ shape }) => shape.slice(1).join('x'));
  const input =
    preprocessing.dataFormat === 'channels_last' ? [height, width, channels] : [channels, height, width];
  const expected = [input.join('x'), `${classNames.length}`];
  if (`${shapes}` !== `${expected}`) {
    model.dispose();
    throw new DropoutLabError(
      `${where}/${classifierFiles.model}: expected a model from ${expected.join(' to ')}, as ${classifierFiles.description} has it, found one from ${shapes.join(' to ')}: take both files from one export`,
    );
  }
  const logitsOf = createLogitsFunction(model);
  const hasSpread = dropoutFactor > 0 && dropoutLayersOf(model).length > 0;

  const inputOf = (pixels: Uint8Array): Tensor => {
    const image = tensor(
      Float32Array.from(pixels, (level) => level / preprocessing.divideBy),
      [1, height, width, channels],
    );
    return preprocessing.dataFormat === 'channels_last' ? image : transpose(image, [0, 3, 1, 2]);
  };
  const probabilitiesOf = async (logits: Tensor): Promise<Float64Array | Float32Array> => {
    const values = await logits.data<'float32'>();
    logits.dispose();
    const index = values.findIndex((value) => !Number.isFinite(value));
    if (index < 0) return softmax(values, classNames.length);
    throw new DropoutLabError(
      `${where}: expected finite answers from the model, found ${values[index]}: its weights are too large for float32, so export another checkpoint`,
    );
  };

  const classify = async (
    picture: Picture,
    { passes, seed = 0 }: ClassifyOptions = {},
  ): Promise<Classification[]> => {
    if (passes !== undefined) requirePasses(passes, seed, hasSpread);
    const pixels = await pixelsOf(picture, preprocessing.imageShape, preprocessing.fit);
    const plain = await probabilitiesOf(tidy(() => logitsOf(inputOf(pixels), { training: false })));
    const sampled: ArrayLike<number>[] = [];
    for (let pass = 0; pass < (passes ?? 0); pass++) {
      const logits = tidy(() => {
        setDropoutPosition(model, {
          step: seed * MOST_PASSES + pass,
          rowOffset: 0,
          rateFactor: dropoutFactor,
        });
        return sampling(model, () => logitsOf(inputOf(pixels), { training: true }));
      });
      sampled.push(await probabilitiesOf(logits));
    }
    return classNames
      .map((label, c) => ({
        label,
        probability: plain[c]!,
        ...(sampled.length > 0 && { spread: standardDeviation(sampled.map((pass) => pass[c]!)) }),
      }))
      .sort((a, b) => b.probability - a.probability);
  };
  return Object.assign(classify, { classNames, description, hasSpread, dispose: () => void model.dispose() });
};

const requirePasses = (passes: unknown, seed: unknown, hasSpread: boolean): void => {
  if (!(Number.isInteger(passes) && (passes as number) >= 2 && (passes as number) <= MOST_PASSES)) {
    throw new ConfigError(
      `passes: expected a whole number from 2 to ${MOST_PASSES}, received ${String(passes)}: leave it out for no spread`,
      ['passes'],
    );
  }
  if (!(Number.isInteger(seed) && (seed as number) >= 0 && (seed as number) <= MOST_SEED)) {
    throw new ConfigError(
      `seed: expected a whole number from 0 to ${MOST_SEED}, received ${String(seed)}: leave it out for 0`,
      ['seed'],
    );
  }
  if (hasSpread) return;
  throw new ConfigError(
    'passes: expected a model with dropout at a rate above 0, found none: every pass would be the same, so leave passes out',
    ['passes'],
  );
};

const MOST_SEED = 2 ** 32 - 1;

const modelOf = async (text: string, weights: Uint8Array, where: string): Promise<LayersModel> => {
  const fileOf = (name: string): string => `${where}/${name}`;
  try {
    const file = JSON.parse(text) as Partial<io.ModelJSON> | null;
    const weightSpecs = specsOf(file);
    const modelTopology = file?.modelTopology;
    if (weightSpecs === undefined || typeof modelTopology !== 'object' || modelTopology === null) {
      throw new Error('it lacks its layers, or the list of their weights');
    }
    requireFloats(weightSpecs, fileOf(classifierFiles.model));
    requireLength(weights, weightSpecs, fileOf(classifierFiles.weights));
    requireWeightsOf(modelTopology, weightSpecs, fileOf(classifierFiles.model));
    // A view may begin anywhere in a buffer.
    const weightData = weights.slice().buffer;
    return await loadLayersModel(io.fromMemory({ modelTopology, weightSpecs, weightData }));
  } catch (cause) {
    if (cause instanceof DropoutLabError) throw cause;
    throw new DropoutLabError(
      `${fileOf(classifierFiles.model)}: expected a model that dropout-lab export RUN --format web has written, found one that cannot be loaded (${firstSentenceOf(cause)}): export the run again`,
      { cause },
    );
  }
};

/** TensorFlow.js goes on about Python in further sentences. */
const firstSentenceOf = (error: unknown): string => (error as Error).message.split(/\.?\s*\n|\.\s/, 1)[0]!;

/** The weights that a model's file lists; undefined where it has no such list. */
const specsOf = (file: Partial<io.ModelJSON> | null): io.WeightsManifestEntry[] | undefined => {
  const groups: unknown = file?.weightsManifest;
  if (!Array.isArray(groups)) return undefined;
  const specs = groups.flatMap((group: Partial<io.WeightsManifestConfig[number]> | null) => group?.weights);
  const isRight = specs.every(
    (spec) => typeof spec?.name === 'string' && Array.isArray(spec.shape) && spec.shape.every(isSize),
  );
  return isRight ? (specs as io.WeightsManifestEntry[]) : undefined;
};

const isSize = (size: unknown): boolean => Number.isSafeInteger(size) && (size as number) >= 0;

/** Packed numbers would be read as others. */
const requireFloats = (specs: readonly io.WeightsManifestEntry[], file: string): void => {
  const other = specs.find(({ dtype, quantization }) => dtype !== 'float32' || quantization !== undefined);
  if (other === undefined) return;
  throw new DropoutLabError(
    `${file}: expected weights of float32, found ${other.quantization === undefined ? '' : 'quantized '}${other.dtype} for ${other.name}: export the run again`,
  );
};

/** Before the model is built: TensorFlow.js would make any that a few lines ask for, and keep them. */
const requireWeightsOf = (
  topology: object,
  specs: readonly io.WeightsManifestEntry[],
  file: string,
): void => {
  const listed = new Map(specs.map(({ name, shape }) => [name, `[${shape}]`]));
  const weights = weightsOfTopology(topology, file);
  const other = weights.find(({ name, shape }) => listed.get(name) !== `[${shape}]`);
  if (other === undefined && weights.length === specs.length) return;
  const [expected, found] = other
    ? [`${other.name} of shape [${other.shape}], as its layer has it,`, listed.get(other.name) ?? 'none']
    : [`${weights.length} weights, those of the layers,`, specs.length];
  throw new DropoutLabError(
    `${file}: expected ${expected} in the weightsManifest, found ${found}: export the run again`,
  );
};

const requireLength = (
  { length }: Uint8Array,
  specs: readonly io.WeightsManifestEntry[],
  file: string,
): void => {
  const values = specs.reduce(
    (sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1),
    0,
  );
  if (length === 4 * values) return;
  throw new DropoutLabError(
    `${file}: expected ${4 * values} bytes, for the ${values} weights of ${classifierFiles.model}, found ${length}: copy the folder again`,
  );
};
