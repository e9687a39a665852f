import { ConfigError } from '@dropout-lab/contracts';

/** Shape of a dropout mask: 1 shares it along an axis, null takes the input's size. */
export type NoiseShape = readonly (number | null)[];

/**
 * @param where The beginning of the message.
 * @param inputShape The layer's input, batch axis first; null where it is unknown.
 * @param path The keys that lead to the noise shape in the user's configuration.
 * @throws ConfigError when a mask of this shape would not broadcast over the input.
 */
export const requireNoiseShape = (
  where: string,
  noiseShape: NoiseShape,
  inputShape: readonly (number | null)[],
  path: readonly string[] = ['noiseShape'],
): void => {
  const fits =
    noiseShape.length === inputShape.length &&
    noiseShape.every((size, axis) => {
      const inputSize = inputShape[axis]!;
      return size === null || size === 1 || size === inputSize;
    });
  if (fits) return;
  const expected = inputShape.map((size) => (size === null ? 'null or 1' : `null, 1 or ${size}`)).join('; ');
  throw new ConfigError(
    `${where}: noiseShape: expected ${inputShape.length} entries for an input of shape ${JSON.stringify(inputShape)} (${expected}), received ${JSON.stringify(noiseShape)}`,
    path,
  );
};
