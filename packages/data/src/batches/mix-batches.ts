import {
  type AugmentationConfig,
  type Batch,
  type BatchSource,
  type ClassIndices,
  ConfigError,
  type ImageShape,
  type Targets,
} from '@dropout-lab/contracts';
import {
  createGenerator,
  fold,
  type Generator,
  permutation,
  type RandomKey,
  symmetricBeta,
} from '@dropout-lab/random';
import type { MixingName } from './augment.ts';
import type { DataFormat, DatasetBatches } from './batches.ts';
import { planesOf } from './planes.ts';

/** How the images of a batch are mixed. */
export interface MixOptions {
  /** The `a` of Beta(a, a) for `mixup` and `cutmix`; 0 or left out is off. With both, each batch has one of the two, drawn. */
  readonly augmentation?: Partial<Pick<AugmentationConfig, MixingName>> | undefined;
  /** Key of the mixing; needed when one is on. */
  readonly augmentationKey?: RandomKey | undefined;
  /** The number of classes, which targets have a number for. */
  readonly classes: number;
  /** That of the batches. */
  readonly dataFormat: DataFormat;
}

/** Two images of a batch, by their rows, and where they are mixed. */
interface Pair {
  readonly row: number;
  readonly partner: number;
  readonly generator: Generator;
  readonly alpha: number;
}

/** Mixes pictures of a shape, so many an image; returns the mixed images, and of each image its own share. */
type Mixer = (
  images: Uint8Array,
  pairs: readonly Pair[],
  shape: ImageShape,
  planes: number,
) => { readonly images: Uint8Array | Float32Array; readonly shares: readonly number[] };

const mixers: { readonly [Name in MixingName]: Mixer } = {
  /** `share * image + (1 - share) * partner`, in floats of 0..1: rounded to bytes, they would be other images than the shares say. */
  mixup: (images, pairs) => {
    const length = images.length / pairs.length;
    const mixed = new Float32Array(images.length);
    const shares = pairs.map(({ row, partner, generator, alpha }) => {
      const share = symmetricBeta(generator, alpha);
      const [own, other] = [row * length, partner * length];
      for (let i = 0; i < length; i++)
        mixed[own + i] = (share * images[own + i]! + (1 - share) * images[other + i]!) / 255;
      return share;
    });
    return { images: mixed, shares };
  },
  /** A rectangle with the image's proportions around any pixel; what of it lies beyond the image is lost, and not counted. */
  cutmix: (images, pairs, [height, width, channels], planes) => {
    const mixed = images.slice();
    const plane = height * width * channels;
    const shares = pairs.map(({ row, partner, generator, alpha }) => {
      const side = Math.sqrt(1 - symmetricBeta(generator, alpha));
      const [top, bottom] = rangeAround(generator.nextInt(height), height * side, height);
      const [left, right] = rangeAround(generator.nextInt(width), width * side, width);
      for (let p = 0; p < planes; p++) {
        for (let y = top; y < bottom; y++) {
          const start = (p * height + y) * width;
          const [from, to] = [(start + left) * channels, (start + right) * channels];
          const [own, other] = [row, partner].map((one) => one * planes * plane) as [number, number];
          mixed.set(images.subarray(other + from, other + to), own + from);
        }
      }
      return 1 - ((bottom - top) * (right - left)) / (height * width);
    });
    return { images: mixed, shares };
  },
};

/** Returns the range of a length around a centre, as far as it lies within 0..end. */
const rangeAround = (centre: number, length: number, end: number): [from: number, to: number] => {
  const half = Math.floor(Math.floor(length) / 2);
  return [Math.max(0, centre - half), Math.min(end, centre + half)];
};

const names = Object.keys(mixers) as MixingName[];

/**
 * Returns batches in which each image is mixed with another of its batch: by mixup (Zhang et al. 2018, "mixup: Beyond
 * Empirical Risk Minimization") or cutmix (Yun et al. 2019, "CutMix"). Each image has a partner, by a permutation of the
 * batch, and a share of its own. What is drawn depends on the key, the epoch and the place of the batch alone.
 *
 * @param source Batches of bytes.
 * @returns Batches of float32 targets [size, classes], in which an image's class has its share and its partner's class the
 *   rest; pixels are float32 of 0..1 after mixup, and bytes after cutmix. The source itself where both are off.
 * @throws ConfigError when a number is not possible, or there is no key.
 */
export function mixBatches(source: DatasetBatches, options: MixOptions): DatasetBatches<Targets>;
export function mixBatches(source: BatchSource<ClassIndices>, options: MixOptions): BatchSource<Targets>;
export function mixBatches(
  source: BatchSource<ClassIndices>,
  { augmentation = {}, augmentationKey, classes, dataFormat }: MixOptions,
): BatchSource<Targets> {
  const on = names.filter((name) => requireAlpha(name, augmentation[name] ?? 0) > 0);
  if (on.length === 0) return source;
  if (augmentationKey === undefined)
    throw new ConfigError('augmentationKey: expected a random key for the augmentation, received none');
  const [planes, shape] = planesOf(source.imageShape, dataFormat);
  const mix = ({ images, labels, size }: Batch<ClassIndices>, epoch: number, index: number): Batch => {
    const key = fold(augmentationKey, 'mixing', epoch, index);
    const name = on[on.length === 1 ? 0 : createGenerator(key).nextInt(on.length)]!;
    const partners = permutation(fold(key, 'partners'), size);
    const pairs = Array.from(partners, (partner, row) => ({
      row,
      partner,
      generator: createGenerator(fold(key, row)),
      alpha: augmentation[name]!,
    }));
    const mixed = mixers[name](images as Uint8Array, pairs, shape, planes);
    return { images: mixed.images, labels: targetsOf(labels, partners, mixed.shares, classes), size };
  };
  return {
    ...source,
    batch(epoch, index) {
      const batch = source.batch(epoch, index);
      return batch instanceof Promise
        ? batch.then((read) => mix(read, epoch, index))
        : mix(batch, epoch, index);
    },
  };
}

const targetsOf = (
  labels: ClassIndices,
  partners: Uint32Array,
  shares: readonly number[],
  classes: number,
): Float32Array => {
  const targets = new Float32Array(labels.length * classes);
  shares.forEach((share, row) => {
    const [own, other] = [labels[row]!, labels[partners[row]!]!];
    targets[row * classes + own] = share;
    targets[row * classes + other] = own === other ? 1 : 1 - share;
  });
  return targets;
};

const requireAlpha = (name: MixingName, alpha: number): number => {
  if (alpha >= 0 && alpha < Number.POSITIVE_INFINITY) return alpha;
  throw new ConfigError(`${name}: expected a finite number of at least 0, received ${alpha}`);
};
