import type { ImageFit, ImageShape } from '@dropout-lab/contracts';

/** An image's pixels, uint8 [height, width, channels]. */
export interface Pixels {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

/**
 * Returns an image scaled to a shape: as sharp does with the same `fit`, within one level, so that a page and a program show
 * a model the same pixels. What becomes smaller is averaged over whole pixels down to twice the size, then filtered with a
 * Lanczos window of three lobes; what becomes larger is interpolated by Catmull-Rom splines.
 *
 * @param image Any number of channels.
 * @param shape The number of channels is the image's, whatever the shape says.
 * @returns uint8 [height, width, channels of the image].
 */
export const scalePixels = (
  image: Pixels,
  [height, width]: ImageShape,
  fit: ImageFit = 'cover',
): Uint8Array => {
  const ratios = [image.height / height, image.width / width] as const;
  const one = (fit === 'cover' ? Math.min : Math.max)(...ratios);
  // Nothing becomes narrower than a pixel.
  const factors: Factors =
    fit === 'fill' ? ratios : [Math.min(one, image.height), Math.min(one, image.width)];
  const toHeight = Math.round(image.height / factors[0]);
  const toWidth = Math.round(image.width / factors[1]);
  const smaller = shrink(image, [toHeight, toWidth], factors);
  return centred(enlarge(smaller, [toHeight, toWidth], factors), [height, width]);
};

type Bytes = Uint8Array | Uint8ClampedArray;
type Size = readonly [height: number, width: number];
/** How many old pixels make a new one. */
type Factors = readonly [vertical: number, horizontal: number];

/** Shrinks the axes that become shorter: rows first, then columns, each rounded to whole levels. */
const shrink = (image: Pixels, [toHeight, toWidth]: Size, [vertical, horizontal]: Factors): Pixels => {
  let { data, width, height } = image;
  const { channels } = image;
  if (vertical > 1) {
    data = shrunk(data, height, toHeight, vertical, { outer: 1, inner: width * channels });
    height = toHeight;
  }
  if (horizontal > 1) {
    data = shrunk(data, width, toWidth, horizontal, { outer: height, inner: channels });
    width = toWidth;
  }
  return { data, width, height, channels };
};

/** Enlarges the axes that become longer. */
const enlarge = (image: Pixels, [toHeight, toWidth]: Size, [vertical, horizontal]: Factors): Pixels => {
  if (vertical >= 1 && horizontal >= 1) return image;
  const { data, width, height, channels } = image;
  // A spline overshoots, and levels are cut off at their range only in the end.
  const columns = new Int16Array(height * toWidth * channels);
  const result = new Uint8ClampedArray(toHeight * toWidth * channels);
  weigh(data, width, toWidth, splines(Math.min(1, horizontal)), { outer: height, inner: channels }, columns);
  const around = { outer: 1, inner: toWidth * channels };
  weigh(columns, height, toHeight, splines(Math.min(1, vertical)), around, result);
  return { data: result, width: toWidth, height: toHeight, channels };
};

/** An axis of an array [outer, length, inner]. */
interface Around {
  readonly outer: number;
  readonly inner: number;
}

/** Scales one axis by 1/factor, which is below 1. */
const shrunk = (data: Bytes, length: number, target: number, factor: number, around: Around): Bytes => {
  // Averaging is cheap, and leaves the filter a factor of at least two.
  const whole = Math.max(1, Math.floor(length / target / 2));
  const averaged = whole === 1 ? data : averagedBy(data, length, whole, around);
  // Pixels that rounding has no use for are left out at both ends alike.
  const spare = (target * factor - length) / whole;
  const result = new Uint8ClampedArray(around.outer * target * around.inner);
  weigh(averaged, Math.ceil(length / whole), target, windows(factor / whole, spare), around, result);
  return result;
};

const SCALE = 2 ** 24;

/** Averages groups of pixels; the last group repeats the last pixel. */
const averagedBy = (data: Bytes, length: number, whole: number, { outer, inner }: Around): Bytes => {
  const groups = Math.ceil(length / whole);
  const result = new Uint8Array(outer * groups * inner);
  const sums = new Uint32Array(inner);
  // In whole numbers, as libvips divides.
  const reciprocal = Math.floor(SCALE / whole);
  for (let o = 0; o < outer; o++) {
    for (let group = 0; group < groups; group++) {
      sums.fill(whole >> 1);
      for (let k = 0; k < whole; k++) {
        const from = (o * length + Math.min(length - 1, group * whole + k)) * inner;
        for (let i = 0; i < inner; i++) sums[i]! += data[from + i]!;
      }
      const to = (o * groups + group) * inner;
      for (let i = 0; i < inner; i++) result[to + i] = (sums[i]! * reciprocal) / SCALE;
    }
  }
  return result;
};

/** Where the pixels that make a new one begin, which may be before the image, and what each counts. */
type WeightsAt = (index: number) => { readonly first: number; readonly weights: Float64Array };

/** Fractions of a pixel are rounded to so many steps, as libvips does. */
const STEPS = 64;

/** Weights are whole numbers of such units, without what is left over. */
const UNITS = 4096;

const inUnits = (weight: number): number => Math.trunc(weight * UNITS);

const inSteps = (place: number): { readonly whole: number; readonly fraction: number } => {
  const whole = Math.floor(place);
  return { whole, fraction: Math.round((place - whole) * STEPS) / STEPS };
};

const LOBES = 3;

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** Lanczos windows for a picture that becomes smaller. */
const windows = (shrink: number, spare: number): WeightsAt => {
  const points = 2 * Math.round(LOBES * shrink) + 1;
  const half = (points - 1) / 2;
  return (index) => {
    // The pixel that the place lies in, and how far from its beginning.
    const { whole, fraction } = inSteps((index + 0.5) * shrink - spare / 2);
    const weights = Float64Array.from({ length: points }, (_, i) => {
      const x = (i - half + 0.5 - fraction) / shrink;
      return Math.abs(x) < LOBES ? sinc(x) * sinc(x / LOBES) : 0;
    });
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { first: whole - half, weights: weights.map((weight) => inUnits(weight / sum)) };
  };
};

/** Catmull-Rom splines for a picture that becomes larger. */
const splines =
  (factor: number): WeightsAt =>
  (index) => {
    const { whole, fraction: x } = inSteps(index * factor - 0.5);
    const weights = Float64Array.of(
      ((2 - x) * x - 1) * x * 0.5,
      ((3 * x - 5) * x * x + 2) * 0.5,
      ((4 - 3 * x) * x + 1) * x * 0.5,
      (x - 1) * x * x * 0.5,
    );
    return { first: whole - 1, weights: weights.map(inUnits) };
  };

/** Makes each new pixel of weighted old ones; beyond its ends the image repeats its last pixels. */
const weigh = (
  data: Bytes | Int16Array,
  length: number,
  target: number,
  weightsAt: WeightsAt,
  { outer, inner }: Around,
  result: Uint8ClampedArray | Int16Array,
): void => {
  const sums = new Float64Array(inner);
  for (let index = 0; index < target; index++) {
    const { first, weights } = weightsAt(index);
    for (let o = 0; o < outer; o++) {
      sums.fill(0);
      weights.forEach((weight, k) => {
        const from = (o * length + Math.min(length - 1, Math.max(0, first + k))) * inner;
        for (let i = 0; i < inner; i++) sums[i]! += weight * data[from + i]!;
      });
      const to = (o * target + index) * inner;
      for (let i = 0; i < inner; i++) result[to + i] = Math.floor(sums[i]! / UNITS + 0.5);
    }
  }
};

/** Cuts off at both sides what is too much, and adds white where there is too little. */
const centred = ({ data, width, height, channels }: Pixels, [toHeight, toWidth]: Size): Uint8Array => {
  const result = new Uint8Array(toHeight * toWidth * channels).fill(255);
  const [fromLeft, toLeft] = placesOf(width, toWidth);
  const [fromTop, toTop] = placesOf(height, toHeight);
  const length = Math.min(width, toWidth) * channels;
  for (let y = 0; y < Math.min(height, toHeight); y++) {
    const from = ((fromTop + y) * width + fromLeft) * channels;
    result.set(data.subarray(from, from + length), ((toTop + y) * toWidth + toLeft) * channels);
  }
  return result;
};

/** Where an axis that is too long is cut, or one that is too short is put. */
const placesOf = (length: number, target: number): readonly [from: number, to: number] =>
  length >= target ? [Math.floor((length - target + 1) / 2), 0] : [0, Math.floor((target - length) / 2)];
