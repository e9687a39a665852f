import { accumulate, BLOCK, BLOCK_BYTES, blocksFor, ENTRY_BYTES, LANES } from './accumulate';
import { appendNonZeros } from './non-zeros';
import { copyInside, paddedImageBytes, readExtent } from './padded-image';

/**
 * With fewer floats than a block in a row of the kernel (9 for an image of 3 channels), whole patches are laid
 * out one after the other instead, so that blocks are full.
 */
function laysOutPatches(rowFloats: usize): bool {
  return rowFloats < BLOCK;
}

/** Contiguous runs that a patch is made of: its rows, or one when patches are laid out. */
function runsPerPatch(kernelHeight: usize, rowFloats: usize): usize {
  return laysOutPatches(rowFloats) ? 1 : kernelHeight;
}

function blocksPerRun(kernelHeight: usize, rowFloats: usize): usize {
  return blocksFor(laysOutPatches(rowFloats) ? kernelHeight * rowFloats : rowFloats);
}

/** Bytes of scratch memory that {@link convFilterGradient} needs for these sizes. */
export function convFilterGradientScratchBytes(
  inChannels: usize,
  outHeight: usize,
  outWidth: usize,
  outChannels: usize,
  kernelHeight: usize,
  kernelWidth: usize,
  strideHeight: usize,
  strideWidth: usize,
): usize {
  const rowFloats = kernelWidth * inChannels;
  const positions = outHeight * outWidth;
  const blocks = blocksPerRun(kernelHeight, rowFloats);
  const height = readExtent(outHeight, strideHeight, kernelHeight);
  const imageRow = readExtent(outWidth, strideWidth, kernelWidth) * inChannels;
  return (
    runsPerPatch(kernelHeight, rowFloats) * blocks * outChannels * BLOCK_BYTES +
    paddedImageBytes(height, imageRow) +
    (laysOutPatches(rowFloats) ? positions * blocks * BLOCK_BYTES : 0) +
    (outChannels << 2) +
    outChannels * positions * ENTRY_BYTES
  );
}

/**
 * Gradient of a 2-D convolution with respect to its kernel, channels last:
 *
 *   dw[ky, kx, ci, co] = sum over n, oy, ox of x[n, oy*sh + ky - padTop, ox*sw + kx - padLeft, ci] * dy[n, oy, ox, co]
 *
 * Image by image, the non-zero dy of each output channel are listed with the address of the patch that they
 * saw. Then, a block of the patch at a time, so that what the lists point at stays in the nearest cache, each
 * channel sums its patches.
 *
 * @param x [batch, inHeight, inWidth, inChannels]
 * @param dy [batch, outHeight, outWidth, outChannels]
 * @param dw [kernelHeight, kernelWidth, inChannels, outChannels], overwritten
 * @param scratch {@link convFilterGradientScratchBytes} bytes
 */
export function convFilterGradient(
  x: usize,
  dy: usize,
  dw: usize,
  scratch: usize,
  batch: usize,
  inHeight: usize,
  inWidth: usize,
  inChannels: usize,
  outHeight: usize,
  outWidth: usize,
  outChannels: usize,
  kernelHeight: usize,
  kernelWidth: usize,
  strideHeight: usize,
  strideWidth: usize,
  padTop: usize,
  padLeft: usize,
): void {
  const rowFloats = kernelWidth * inChannels;
  const layOut = laysOutPatches(rowFloats);
  const positions = outHeight * outWidth;
  const runs = runsPerPatch(kernelHeight, rowFloats);
  const blocks = blocksPerRun(kernelHeight, rowFloats);
  const height = readExtent(outHeight, strideHeight, kernelHeight);
  const imageRow = readExtent(outWidth, strideWidth, kernelWidth) * inChannels;

  // Sums are laid out as [runs, blocks, outChannels, BLOCK].
  const sums = scratch;
  const image = sums + runs * blocks * outChannels * BLOCK_BYTES;
  const patches = image + paddedImageBytes(height, imageRow);
  const listEnds = patches + (layOut ? positions * blocks * BLOCK_BYTES : 0);
  const lists = listEnds + (outChannels << 2);
  const listBytes = positions * ENTRY_BYTES;
  memory.fill(sums, 0, listEnds - sums);

  for (let n: usize = 0; n < batch; n++) {
    const source = x + ((n * inHeight * inWidth * inChannels) << 2);
    copyInside(
      image,
      height,
      imageRow,
      source,
      inHeight,
      inWidth * inChannels,
      padTop,
      padLeft * inChannels,
      false,
    );
    for (let co: usize = 0; co < outChannels; co++)
      store<u32>(listEnds + (co << 2), <u32>(lists + co * listBytes));

    let gradient = dy + ((n * positions * outChannels) << 2);
    for (let oy: usize = 0; oy < outHeight; oy++) {
      for (let ox: usize = 0; ox < outWidth; ox++) {
        let patch = image + ((oy * strideHeight * imageRow + ox * strideWidth * inChannels) << 2);
        if (layOut) {
          const laidOut = patches + (oy * outWidth + ox) * blocks * BLOCK_BYTES;
          for (let ky: usize = 0; ky < kernelHeight; ky++) {
            copyVectors(laidOut + ((ky * rowFloats) << 2), patch + ((ky * imageRow) << 2), rowFloats);
          }
          patch = laidOut;
        }
        appendNonZeros(gradient, outChannels, listEnds, false, patch, 0);
        gradient += outChannels << 2;
      }
    }

    let sum = sums;
    for (let run: usize = 0; run < runs; run++) {
      for (let block: usize = 0; block < blocks; block++) {
        const offset = ((run * imageRow) << 2) + block * BLOCK_BYTES;
        for (let co: usize = 0; co < outChannels; co++) {
          accumulate(sum, lists + co * listBytes, <usize>load<u32>(listEnds + (co << 2)), offset);
          sum += BLOCK_BYTES;
        }
      }
    }
  }

  const runFloats = layOut ? kernelHeight * rowFloats : rowFloats;
  for (let run: usize = 0; run < runs; run++) {
    for (let i: usize = 0; i < runFloats; i++) {
      const sum = sums + (run * blocks + i / BLOCK) * outChannels * BLOCK_BYTES + ((i % BLOCK) << 2);
      const target = dw + (((run * runFloats + i) * outChannels) << 2);
      for (let co: usize = 0; co < outChannels; co++)
        store<f32>(target + (co << 2), load<f32>(sum + co * BLOCK_BYTES));
    }
  }
}

/** Copies a few floats, cheaper than a call of memory.copy. Up to 3 floats past the end are overwritten. */
function copyVectors(target: usize, source: usize, floats: usize): void {
  for (let i: usize = 0; i < floats; i += LANES) v128.store(target + (i << 2), v128.load(source + (i << 2)));
}
