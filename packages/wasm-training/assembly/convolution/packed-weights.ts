import { BLOCK, BLOCK_BYTES, blocksFor, LANES } from './accumulate';

/**
 * Rows of weights that a pass over the outputs multiplies by: 192 rows of a block are 24 KiB, which stay in the nearest cache
 * with the sums and inputs of the moment.
 */
export const PASS_ROWS: usize = 192;

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
        const inputs = min(perPass, inChannels - pass * perPass);
        if (inputs < perPass || channels < BLOCK) memory.fill(target, 0, perPass * BLOCK_BYTES);
        if (mirrored) {
          transpose(
            weights + ((first * inChannels + pass * perPass) << 2),
            target,
            channels,
            inputs,
            inChannels,
          );
        } else {
          for (let i: usize = 0; i < inputs; i++) {
            const ci = pass * perPass + i;
            copyFloats(target + i * BLOCK_BYTES, weights + ((ci * outChannels + first) << 2), channels);
          }
        }
        target += perPass * BLOCK_BYTES;
      }
    }
  }
}

/** target[j, i] = source[i, j], whose rows are `sourceColumns` floats apart in the source and a block in the target. */
export function transpose(
  source: usize,
  target: usize,
  rows: usize,
  columns: usize,
  sourceColumns: usize,
): void {
  const rowBytes = sourceColumns << 2;
  let i: usize = 0;
  for (; i + LANES <= rows; i += LANES) {
    let j: usize = 0;
    const from = source + i * rowBytes;
    for (; j + LANES <= columns; j += LANES) {
      const at = from + (j << 2);
      const r0 = v128.load(at);
      const r1 = v128.load(at + rowBytes);
      const r2 = v128.load(at + 2 * rowBytes);
      const r3 = v128.load(at + 3 * rowBytes);
      const low01 = v128.shuffle<u32>(r0, r1, 0, 4, 1, 5);
      const low23 = v128.shuffle<u32>(r2, r3, 0, 4, 1, 5);
      const high01 = v128.shuffle<u32>(r0, r1, 2, 6, 3, 7);
      const high23 = v128.shuffle<u32>(r2, r3, 2, 6, 3, 7);
      const to = target + j * BLOCK_BYTES + (i << 2);
      v128.store(to, v128.shuffle<u32>(low01, low23, 0, 1, 4, 5));
      v128.store(to, v128.shuffle<u32>(low01, low23, 2, 3, 6, 7), BLOCK_BYTES);
      v128.store(to, v128.shuffle<u32>(high01, high23, 0, 1, 4, 5), 2 * BLOCK_BYTES);
      v128.store(to, v128.shuffle<u32>(high01, high23, 2, 3, 6, 7), 3 * BLOCK_BYTES);
    }
    for (; j < columns; j++) {
      for (let k: usize = 0; k < LANES; k++) {
        store<f32>(target + j * BLOCK_BYTES + ((i + k) << 2), load<f32>(from + k * rowBytes + (j << 2)));
      }
    }
  }
  for (; i < rows; i++) {
    for (let j: usize = 0; j < columns; j++) {
      store<f32>(target + j * BLOCK_BYTES + (i << 2), load<f32>(source + i * rowBytes + (j << 2)));
    }
  }
}

/** Copies a few floats, cheaper than a call of memory.copy. */
export function copyFloats(target: usize, source: usize, floats: usize): void {
  let i: usize = 0;
  for (; i + 4 <= floats; i += 4) v128.store(target + (i << 2), v128.load(source + (i << 2)));
  for (; i < floats; i++) store<f32>(target + (i << 2), load<f32>(source + (i << 2)));
}
