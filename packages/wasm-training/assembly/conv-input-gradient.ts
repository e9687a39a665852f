import { accumulate, BLOCK, BLOCK_BYTES, blocksFor, ENTRY_BYTES } from './accumulate';
import { appendNonZeros } from './non-zeros';
import { copyInside, paddedImageBytes, readExtent } from './padded-image';

/** Bytes of scratch memory that {@link convInputGradient} needs for these sizes. */
export function convInputGradientScratchBytes(
  inChannels: usize,
  outHeight: usize,
  outWidth: usize,
  outChannels: usize,
  kernelHeight: usize,
  kernelWidth: usize,
  strideHeight: usize,
  strideWidth: usize,
): usize {
  const positions = outHeight * outWidth;
  const height = readExtent(outHeight, strideHeight, kernelHeight);
  const imageRow = readExtent(outWidth, strideWidth, kernelWidth) * inChannels;
  return (
    kernelHeight * blocksFor(kernelWidth * inChannels) * outChannels * BLOCK_BYTES +
    paddedImageBytes(height, imageRow) +
    (positions << 2) +
    positions * outChannels * ENTRY_BYTES
  );
}

/**
 * Gradient of a 2-D convolution with respect to its input, channels last:
 *
 *   dx[n, oy*sh + ky - padTop, ox*sw + kx - padLeft, ci] = sum over dy[n, oy, ox, co] * w[ky, kx, ci, co]
 *
 * Image by image, the non-zero dy of each output position are listed with the address of their channel's
 * kernel. Then, a block of a kernel's row at a time, so that the block of every channel stays in the nearest
 * cache, each position adds its kernels to the patch that it saw.
 *
 * @param dy [batch, outHeight, outWidth, outChannels]
 * @param w [kernelHeight, kernelWidth, inChannels, outChannels]
 * @param dx [batch, inHeight, inWidth, inChannels], overwritten
 * @param scratch {@link convInputGradientScratchBytes} bytes
 */
export function convInputGradient(
  dy: usize,
  w: usize,
  dx: usize,
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
  const blocks = blocksFor(rowFloats);
  const positions = outHeight * outWidth;
  const height = readExtent(outHeight, strideHeight, kernelHeight);
  const imageRow = readExtent(outWidth, strideWidth, kernelWidth) * inChannels;
  const listBytes = outChannels * ENTRY_BYTES;

  const kernels = scratch;
  const image = kernels + kernelHeight * blocks * outChannels * BLOCK_BYTES;
  const listEnds = image + paddedImageBytes(height, imageRow);
  const lists = listEnds + (positions << 2);
  packKernels(w, kernels, kernelHeight, rowFloats, blocks, outChannels);
  memory.fill(dx, 0, (batch * inHeight * inWidth * inChannels) << 2);

  let gradient = dy;
  for (let n: usize = 0; n < batch; n++) {
    memory.fill(image, 0, listEnds - image);
    for (let position: usize = 0; position < positions; position++) {
      const listEnd = listEnds + (position << 2);
      store<u32>(listEnd, <u32>(lists + position * listBytes));
      appendNonZeros(gradient, outChannels, listEnd, true, kernels, BLOCK_BYTES);
      gradient += outChannels << 2;
    }

    for (let ky: usize = 0; ky < kernelHeight; ky++) {
      for (let block: usize = 0; block < blocks; block++) {
        const kernelOffset = (ky * blocks + block) * outChannels * BLOCK_BYTES;
        const patchOffset = ((ky * imageRow) << 2) + block * BLOCK_BYTES;
        for (let oy: usize = 0; oy < outHeight; oy++) {
          for (let ox: usize = 0; ox < outWidth; ox++) {
            const position = oy * outWidth + ox;
            const list = lists + position * listBytes;
            const listEnd = <usize>load<u32>(listEnds + (position << 2));
            if (list == listEnd) continue;
            const corner = image + ((oy * strideHeight * imageRow + ox * strideWidth * inChannels) << 2);
            accumulate(corner + patchOffset, list, listEnd, kernelOffset);
          }
        }
      }
    }
    const target = dx + ((n * inHeight * inWidth * inChannels) << 2);
    copyInside(
      image,
      height,
      imageRow,
      target,
      inHeight,
      inWidth * inChannels,
      padTop,
      padLeft * inChannels,
      true,
    );
  }
}

/**
 * Lays the kernel out as [kernelHeight, blocks, outChannels, BLOCK]. Zeros fill the last block of a row: they
 * add nothing to the neighbours that the block overlaps.
 */
function packKernels(
  w: usize,
  kernels: usize,
  kernelHeight: usize,
  rowFloats: usize,
  blocks: usize,
  outChannels: usize,
): void {
  memory.fill(kernels, 0, kernelHeight * blocks * outChannels * BLOCK_BYTES);
  for (let ky: usize = 0; ky < kernelHeight; ky++) {
    for (let i: usize = 0; i < rowFloats; i++) {
      const source = w + (((ky * rowFloats + i) * outChannels) << 2);
      const target = kernels + (ky * blocks + i / BLOCK) * outChannels * BLOCK_BYTES + ((i % BLOCK) << 2);
      for (let co: usize = 0; co < outChannels; co++) {
        store<f32>(target + co * BLOCK_BYTES, load<f32>(source + (co << 2)));
      }
    }
  }
}
