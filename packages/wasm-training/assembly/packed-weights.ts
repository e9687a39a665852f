import { BLOCK, BLOCK_BYTES, blocksFor } from './accumulate';

/**
 * Rows of weights that a pass over the outputs multiplies by: 192 rows of a block are 24 KiB, which stay in the nearest cache
 * with the sums and inputs of the moment.
 */
const PASS_ROWS: usize = 192;

/** Input channels that are summed in one pass: all of them, or as many as keep a kernel's row in the nearest cache. */
export function channelsPerPass(channels: usize, kernelWidth: usize): usize {
  return min(channels, max(PASS_ROWS / kernelWidth, 1));
}

/** Passes over the input channels. */
export function passesFor(channels: usize, kernelWidth: usize): usize {
  const perPass = channelsPerPass(channels, kernelWidth);
  return (channels + perPass - 1) / perPass;
}

/** Bytes that {@link packWeights} writes. */
export function packedWeightsBytes(
  kernelHeight: usize,
  kernelWidth: usize,
  inChannels: usize,
  outChannels: usize,
): usize {
  const rows = kernelHeight * kernelWidth * channelsPerPass(inChannels, kernelWidth);
  return blocksFor(outChannels) * passesFor(inChannels, kernelWidth) * rows * BLOCK_BYTES;
}

/**
 * Lays a kernel out in the order in which it is read: [blocks of output channels, passes, kernelHeight, kernelWidth,
 * channels of a pass, BLOCK], with zeros beyond the last channels.
 *
 * @param w [kernelHeight, kernelWidth, inChannels, outChannels]; where `mirrored`, the kernel of the gradient with respect to
 *   the input instead: w is [kernelHeight, kernelWidth, outChannels, inChannels], and its taps are in reverse order.
 */
export function packWeights(
  w: usize,
  packed: usize,
  kernelHeight: usize,
  kernelWidth: usize,
  inChannels: usize,
  outChannels: usize,
  mirrored: bool,
): void {
  const perPass = channelsPerPass(inChannels, kernelWidth);
  const passes = passesFor(inChannels, kernelWidth);
  const taps = kernelHeight * kernelWidth;
  let target = packed;
  for (let first: usize = 0; first < outChannels; first += BLOCK) {
    const channels = min(BLOCK, outChannels - first);
    for (let pass: usize = 0; pass < passes; pass++) {
      for (let tap: usize = 0; tap < taps; tap++) {
        const weights = w + (((mirrored ? taps - 1 - tap : tap) * inChannels * outChannels) << 2);
        for (let i: usize = 0; i < perPass; i++) {
          const ci = pass * perPass + i;
          if (ci >= inChannels || channels < BLOCK) memory.fill(target, 0, BLOCK_BYTES);
          if (ci < inChannels) {
            if (mirrored) {
              for (let co: usize = 0; co < channels; co++) {
                const source = weights + (((first + co) * inChannels + ci) << 2);
                store<f32>(target + (co << 2), load<f32>(source));
              }
            } else {
              copyFloats(target, weights + ((ci * outChannels + first) << 2), channels);
            }
          }
          target += BLOCK_BYTES;
        }
      }
    }
  }
}

/** Copies a few floats, cheaper than a call of memory.copy. */
export function copyFloats(target: usize, source: usize, floats: usize): void {
  let i: usize = 0;
  for (; i + 4 <= floats; i += 4) v128.store(target + (i << 2), v128.load(source + (i << 2)));
  for (; i < floats; i++) store<f32>(target + (i << 2), load<f32>(source + (i << 2)));
}
