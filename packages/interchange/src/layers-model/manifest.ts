import { InterchangeError } from '../errors.ts';
import { isObject, ownValue, shown } from '../objects.ts';

/** A weight that a model.json lists. */
interface ListedWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  /** Undefined where its numbers are written whole. */
  readonly quantization?: Quantization;
  /** Whether it is of the optimizer that the model was compiled with. */
  readonly isOfOptimizer: boolean;
}

interface Quantization {
  readonly dtype: 'float16' | 'uint8' | 'uint16';
  readonly scale?: number;
  readonly min?: number;
}

/** The weights that follow on each other in files, which are read as if they were one. */
export interface WeightGroup {
  /** As the manifest has them, in order. */
  readonly paths: readonly string[];
  readonly weights: readonly ListedWeight[];
  /** Of all files together. */
  readonly bytes: number;
}

const bytesOfNumber: Readonly<Record<string, number>> = { float16: 2, uint8: 1, uint16: 2 };

/**
 * Reads the list of weights in a `model.json`. Nothing in it is trusted.
 *
 * @param where The file's name, for errors.
 * @throws InterchangeError naming the first weight that cannot be read.
 */
export const readManifest = (manifest: unknown, where: string): readonly WeightGroup[] => {
  const place = `${where}: weightsManifest`;
  if (!Array.isArray(manifest) || manifest.length === 0) {
    throw new InterchangeError(
      `${place}: expected the list of the model's weights, found ${shown(manifest)}: save the model with model.save(), weights included`,
    );
  }
  const names = new Set<string>();
  const paths = new Set<string>();
  return manifest.map((group: unknown, i): WeightGroup => {
    const { paths: files, weights } = isObject(group) ? group : {};
    if (!Array.isArray(files) || !files.every((path) => typeof path === 'string' && path !== '')) {
      throw new InterchangeError(
        `${place}[${i}]: paths: expected the names of files, found ${shown(files)}: save the model again`,
      );
    }
    if (!Array.isArray(weights)) {
      throw new InterchangeError(
        `${place}[${i}]: weights: expected a list, found ${shown(weights)}: save the model again`,
      );
    }
    for (const path of files as string[]) requireOnce(paths, path, `${place}[${i}]: paths`);
    const listed = weights.map((weight: unknown) => {
      const found = readWeight(weight, `${place}[${i}]`);
      requireOnce(names, found.name, `${place}[${i}]: weights`);
      return found;
    });
    return {
      paths: files as string[],
      weights: listed,
      bytes: listed.reduce((sum, { shape, quantization }) => {
        const size = quantization === undefined ? 4 : bytesOfNumber[quantization.dtype]!;
        return sum + shape.reduce((product, length) => product * length, size);
      }, 0),
    };
  });
};

/** @throws InterchangeError when a name is known already. */
export const requireOnce = (known: Set<string>, name: string, where: string): void => {
  if (known.has(name)) {
    throw new InterchangeError(
      `${where}: expected each name once, found ${shown(name)} twice: save the model again`,
    );
  }
  known.add(name);
};

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

const readWeight = (weight: unknown, where: string): ListedWeight => {
  const { name, shape, dtype, quantization, group } = isObject(weight) ? weight : {};
  const isOfOptimizer = group === 'optimizer';
  if (typeof name !== 'string' || name === '') {
    throw new InterchangeError(
      `${where}: weights: expected a name, found ${shown(name)}: save the model again`,
    );
  }
  const place = `${where}: ${shown(name)}`;
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    throw new InterchangeError(`${place}: expected a shape, a list of whole numbers, found ${shown(shape)}`);
  }
  if (dtype !== 'float32' && !(isOfOptimizer && dtype === 'int32')) {
    throw new InterchangeError(
      `${place}: expected float32, found ${shown(dtype)}: save the model as float32`,
    );
  }
  return {
    name,
    shape: shape as number[],
    dtype,
    isOfOptimizer,
    ...(quantization !== undefined && { quantization: readQuantization(quantization, place) }),
  };
};

const readQuantization = (quantization: unknown, where: string): Quantization => {
  const { dtype, scale, min } = isObject(quantization) ? quantization : {};
  const isKnown = typeof dtype === 'string' && ownValue(bytesOfNumber, dtype) !== undefined;
  const isComplete = dtype === 'float16' || (Number.isFinite(scale) && Number.isFinite(min));
  if (isKnown && isComplete) return { dtype, ...(dtype !== 'float16' && { scale, min }) } as Quantization;
  throw new InterchangeError(
    `${where}: quantization: expected float16, or uint8 or uint16 with scale and min, found ${shown(quantization)}: convert the model without it`,
  );
};
