import { BLOCK } from './accumulate';

/**
 * The part of one image that a convolution reads, with its zero border around it. A row of the kernel,
 * kernelWidth * inChannels floats, then meets the image in one contiguous run at every output position, and
 * neither stride nor padding reaches an inner loop.
 */

/** Height or width that a convolution reads: from the first tap of the first output to the last of the last. */
export function readExtent(outSize: usize, stride: usize, kernelSize: usize): usize {
  return (outSize - 1) * stride + kernelSize;
}

/** Bytes of a padded image, and of the block that may be read past its end. */
export function paddedImageBytes(height: usize, rowFloats: usize): usize {
  return (height * rowFloats + BLOCK) << 2;
}

/**
 * Copies between the inside of a padded image (`height` x `rowFloats` floats) and an image (`inHeight` x
 * `inRowFloats`), clipped to what both have. The border is left as it is.
 *
 * @param out Copies out of the padded image when true, into it when false.
 */
export function copyInside(
  padded: usize,
  height: usize,
  rowFloats: usize,
  image: usize,
  inHeight: usize,
  inRowFloats: usize,
  padTop: usize,
  padLeftFloats: usize,
  out: bool,
): void {
  if (rowFloats <= padLeftFloats) return;
  const floats = min(inRowFloats, rowFloats - padLeftFloats);
  for (let row: usize = 0; row < inHeight && row + padTop < height; row++) {
    const inside = padded + (((row + padTop) * rowFloats + padLeftFloats) << 2);
    const plain = image + ((row * inRowFloats) << 2);
    if (out) memory.copy(plain, inside, floats << 2);
    else memory.copy(inside, plain, floats << 2);
  }
}
