import { accumulate, BLOCK, BLOCK_BYTES, blocksFor, ENTRY_BYTES, LANES } from './accumulate';
import { Convolution } from './convolution';
import { NOWHERE } from './convolve';
import { appendNonZero, loadBytes } from './non-zeros';
import { copyFloats } from './packed-weights';
import { bytesOrAll, product } from './scratch-bytes';

/** Bytes of inputs that stay in the nearest cache while every output channel sums them. */
const TILE_BYTES: usize = 30 * 1024;

/** With fewer channels than this, a block would be mostly empty: it takes several taps of the kernel instead. */
const LEAST_CHANNELS: usize = 16;

/** Bytes of a table with an entry for every value that a winner may have. */
const PLACES_BYTES: usize = 256 * 4;

/** Whether the patches that the outputs see are laid out one after the other. */
function laysOutPatches(c: Convolution): bool {
  return c.inChannels < LEAST_CHANNELS;
}

/** Blocks that a patch is made of at each place that a sum is for, and the places: (blocks of channels, taps), or (blocks of a patch, 1). */
function blocksOf(c: Convolution): usize {
  if (laysOutPatches(c)) return blocksFor(c.kernelHeight * c.kernelWidth * c.inChannels);
  return blocksFor(c.inChannels);
}

function tapsOf(c: Convolution): usize {
  return laysOutPatches(c) ? 1 : c.kernelHeight * c.kernelWidth;
}

/** The size of the image that the outputs see, its zero border included. */
function seenHeight(c: Convolution): usize {
  return (c.outHeight - 1) * c.strideHeight + c.kernelHeight;
}

function seenWidth(c: Convolution): usize {
  return (c.outWidth - 1) * c.strideWidth + c.kernelWidth;
}

/** The pixels that the outputs see, or the patches: each has a block in a plane. */
function pixelsOf(c: Convolution): usize {
  return laysOutPatches(c) ? c.outHeight * c.outWidth : seenHeight(c) * seenWidth(c);
}

/** Bytes of one block of every pixel, or of every patch. */
function planeBytes(c: Convolution): usize {
  return pixelsOf(c) * BLOCK_BYTES;
}

/** Rows of outputs, a multiple of the pool's, that see no more than {@link TILE_BYTES} of a block. */
function tileRows(c: Convolution): usize {
  const pooled = c.poolHeight;
  const rowBytes = (laysOutPatches(c) ? c.outWidth : seenWidth(c)) * BLOCK_BYTES;
  const seenRows = TILE_BYTES / rowBytes;
  const isLaidOut = laysOutPatches(c);
  const beyond: usize = isLaidOut ? 0 : c.kernelHeight - 1;
  const stride: usize = isLaidOut ? 1 : c.strideHeight;
  const rows: usize = seenRows > beyond ? (seenRows - beyond) / stride : 0;
  return max(rows / pooled, 1) * pooled;
}

function sumsBytes(c: Convolution): usize {
  return blocksOf(c) * c.outChannels * tapsOf(c) * BLOCK_BYTES;
}

/** Bytes of scratch memory that {@link convolveFilterGradient} needs. */
export function convolveFilterGradientScratchBytes(address: usize): usize {
  const c = changetype<Convolution>(address);
  const outputs = (c.outHeight / c.poolHeight) * (c.outWidth / c.poolWidth);
  return bytesOrAll(
    product(blocksOf(c), c.outChannels, tapsOf(c), BLOCK_BYTES) +
      product(blocksOf(c), pixelsOf(c), BLOCK_BYTES) +
      <f64>((c.outChannels << 2) + PLACES_BYTES) +
      product(c.outChannels, outputs, ENTRY_BYTES),
  );
}

/**
 * Gradient of a 2-D convolution with respect to its kernel:
 *
 *   dw[ky, kx, ci, co] = sum over n, oy, ox of x[n, oy*sh + ky - padTop, ox*sw + kx - padLeft, ci] * dy[n, oy, ox, co]
 *
 * Image by image, a tile of rows at a time, the dy of each output channel that are not zero are listed with the place that
 * they saw. Then, a block of input channels at a time, each output channel sums what its list points at, once for each tap of
 * the kernel.
 *
 * @param x [batch, inHeight, inWidth, inChannels]
 * @param dy [batch, outHeight / poolHeight, outWidth / poolWidth, outChannels]
 * @param winners u8 of the shape of dy where the output was pooled, as `convolve` writes them; else 0
 * @param dw [kernelHeight, kernelWidth, inChannels, outChannels], overwritten
 * @param scratch {@link convolveFilterGradientScratchBytes} bytes
 */
export function convolveFilterGradient(
  address: usize,
  x: usize,
  dy: usize,
  winners: usize,
  dw: usize,
  scratch: usize,
): void {
  const c = changetype<Convolution>(address);
  const taps = tapsOf(c);
  const blocks = blocksOf(c);
  const columns = c.outWidth / c.poolWidth;
  const rows = c.outHeight / c.poolHeight;
  const listBytes = rows * columns * ENTRY_BYTES;
  const tile = tileRows(c) / c.poolHeight;
  const pixelsInRow = laysOutPatches(c) ? c.outWidth : seenWidth(c);

  const planes = scratch + sumsBytes(c);
  const ends = planes + blocks * planeBytes(c);
  const places = ends + (c.outChannels << 2);
  const lists = places + PLACES_BYTES;
  // The border of the planes is never written again.
  memory.fill(scratch, 0, ends - scratch);
  tabulatePlaces(c, places);

  for (let n: usize = 0; n < c.batch; n++) {
    const image = x + ((n * c.inHeight * c.inWidth * c.inChannels) << 2);
    if (laysOutPatches(c)) layOutPatches(c, image, planes);
    else layOutBlocks(c, image, planes);
    for (let top: usize = 0; top < rows; top += tile) {
      const bottom = min(top + tile, rows);
      const first = (n * rows + top) * columns * c.outChannels;
      const count = (bottom - top) * columns;
      listChannels(
        c,
        dy + (first << 2),
        winners ? winners + first : 0,
        top,
        count,
        planes,
        places,
        ends,
        lists,
        listBytes,
      );
      let sum = scratch;
      for (let block: usize = 0; block < blocks; block++) {
        const plane = block * planeBytes(c);
        for (let co: usize = 0; co < c.outChannels; co++) {
          const list = lists + co * listBytes;
          const end = <usize>load<u32>(ends + (co << 2));
          if (list == end) {
            sum += taps * BLOCK_BYTES;
            continue;
          }
          if (taps == 1) {
            accumulate(sum, list, end, plane);
            sum += BLOCK_BYTES;
            continue;
          }
          for (let ky: usize = 0; ky < c.kernelHeight; ky++) {
            const row = plane + ky * pixelsInRow * BLOCK_BYTES;
            for (let kx: usize = 0; kx < c.kernelWidth; kx++) {
              accumulate(sum, list, end, row + kx * BLOCK_BYTES);
              sum += BLOCK_BYTES;
            }
          }
        }
      }
    }
  }
  writeSums(c, scratch, dw);
}

/** Bytes in a plane from what an output sees to what the one below it sees. */
function outputRowBytes(c: Convolution): usize {
  return (laysOutPatches(c) ? c.outWidth : seenWidth(c) * c.strideHeight) * BLOCK_BYTES;
}

/** The same to the next in its row. */
function outputColumnBytes(c: Convolution): usize {
  return laysOutPatches(c) ? BLOCK_BYTES : c.strideWidth * BLOCK_BYTES;
}

/** Writes for each place of a window the bytes from its first to it. */
function tabulatePlaces(c: Convolution, places: usize): void {
  let place = places;
  for (let row: usize = 0; row < c.poolHeight; row++) {
    for (let column: usize = 0; column < c.poolWidth; column++) {
      store<u32>(place, <u32>(row * outputRowBytes(c) + column * outputColumnBytes(c)));
      place += 4;
    }
  }
}

/** Lists the gradients of a tile that are not zero, for each output channel, with the address of what they saw in the first block. */
function listChannels(
  c: Convolution,
  dy: usize,
  winners: usize,
  top: usize,
  count: usize,
  planes: usize,
  places: usize,
  ends: usize,
  lists: usize,
  listBytes: usize,
): void {
  const columns = c.outWidth / c.poolWidth;
  const rowBytes = outputRowBytes(c);
  const columnBytes = outputColumnBytes(c);
  const valuesBytes = c.outChannels << 2;
  const cells = c.poolHeight * c.poolWidth;
  const zero = f32x4.splat(0);
  const first = planes + top * c.poolHeight * rowBytes;
  let co: usize = 0;
  for (; co + LANES <= c.outChannels; co += LANES) {
    let end0 = lists + co * listBytes;
    let end1 = end0 + listBytes;
    let end2 = end1 + listBytes;
    let end3 = end2 + listBytes;
    let value = dy + (co << 2);
    let winner = winners + co;
    let column: usize = 0;
    let row = first;
    let pixel = first;
    for (let i: usize = 0; i < count; i++) {
      const four = v128.load(value);
      let passes = f32x4.ne(four, zero);
      let addresses = i32x4.splat(<i32>pixel);
      if (winners) {
        const at = loadBytes(winner);
        passes = v128.andnot(passes, i32x4.eq(at, i32x4.splat(NOWHERE)));
        for (let cell: usize = 1; cell < cells; cell++) {
          const bytes = i32x4.splat(<i32>load<u32>(places + (cell << 2)));
          addresses = i32x4.add(addresses, v128.and(i32x4.eq(at, i32x4.splat(<i32>cell)), bytes));
        }
        winner += c.outChannels;
      }
      const mask: usize = i32x4.bitmask(passes);
      const entries01 = v128.shuffle<u32>(addresses, four, 0, 4, 1, 5);
      const entries23 = v128.shuffle<u32>(addresses, four, 2, 6, 3, 7);
      // Without a branch: which gradients are zero cannot be predicted.
      v128.store64_lane(end0, entries01, 0);
      v128.store64_lane(end1, entries01, 1);
      v128.store64_lane(end2, entries23, 0);
      v128.store64_lane(end3, entries23, 1);
      end0 += (mask & 1) << 3;
      end1 += (mask & 2) << 2;
      end2 += (mask & 4) << 1;
      end3 += mask & 8;
      value += valuesBytes;
      pixel += c.poolWidth * columnBytes;
      if (++column == columns) {
        column = 0;
        row += c.poolHeight * rowBytes;
        pixel = row;
      }
    }
    store<u32>(ends + (co << 2), <u32>end0);
    store<u32>(ends + (co << 2), <u32>end1, 4);
    store<u32>(ends + (co << 2), <u32>end2, 8);
    store<u32>(ends + (co << 2), <u32>end3, 12);
  }
  for (; co < c.outChannels; co++) {
    let end = lists + co * listBytes;
    for (let i: usize = 0; i < count; i++) {
      let gradient = load<f32>(dy + ((i * c.outChannels + co) << 2));
      let pixel = first + (i / columns) * c.poolHeight * rowBytes + (i % columns) * c.poolWidth * columnBytes;
      if (winners) {
        const at = <usize>load<u8>(winners + i * c.outChannels + co);
        if (at == NOWHERE) gradient = 0;
        else pixel += load<u32>(places + (at << 2));
      }
      end = appendNonZero(end, pixel, gradient);
    }
    store<u32>(ends + (co << 2), <u32>end);
  }
}

/** Copies an image into planes of a block of channels each, inside of its border. */
function layOutBlocks(c: Convolution, image: usize, planes: usize): void {
  const width = seenWidth(c);
  const height = seenHeight(c);
  if (c.padLeft >= width) return;
  const columns = min(c.inWidth, width - c.padLeft);
  const channels = c.inChannels;
  for (let first: usize = 0; first < channels; first += BLOCK) {
    const count = min(BLOCK, channels - first);
    for (let row: usize = 0; row < c.inHeight && row + c.padTop < height; row++) {
      let target = planes + ((row + c.padTop) * width + c.padLeft) * BLOCK_BYTES;
      let pixel = image + ((row * c.inWidth * channels + first) << 2);
      for (let column: usize = 0; column < columns; column++) {
        copyFloats(target, pixel, count);
        target += BLOCK_BYTES;
        pixel += channels << 2;
      }
    }
    planes += planeBytes(c);
  }
}

/** Lays out the patch of the image that each output sees, in planes of one block of it each. */
function layOutPatches(c: Convolution, image: usize, planes: usize): void {
  const rowFloats = c.kernelWidth * c.inChannels;
  const inRowFloats = <isize>c.inWidth * <isize>c.inChannels;
  const plane = planeBytes(c);
  const isOneBlock = c.kernelHeight * rowFloats <= BLOCK;
  let target = planes;
  for (let oy: usize = 0; oy < c.outHeight; oy++) {
    for (let ox: usize = 0; ox < c.outWidth; ox++) {
      const left = (<isize>(ox * c.strideWidth) - <isize>c.padLeft) * <isize>c.inChannels;
      const from = <usize>max(-left, 0);
      const to = <usize>max(min(<isize>rowFloats, inRowFloats - left), 0);
      for (let ky: usize = 0; ky < c.kernelHeight; ky++) {
        const iy = <isize>(oy * c.strideHeight + ky) - <isize>c.padTop;
        if (iy < 0 || iy >= <isize>c.inHeight || from >= to) continue;
        const source = image + ((iy * inRowFloats + left) << 2);
        const start = ky * rowFloats;
        if (isOneBlock) {
          copyFloats(target + ((start + from) << 2), source + (from << 2), to - from);
        } else {
          for (let i = from; i < to; i++) {
            const at = start + i;
            store<f32>(target + (at / BLOCK) * plane + ((at % BLOCK) << 2), load<f32>(source + (i << 2)));
          }
        }
      }
      target += BLOCK_BYTES;
    }
  }
}

/** Writes the sums, [blocks, outChannels, taps, BLOCK], in the order of the kernel. */
function writeSums(c: Convolution, sums: usize, dw: usize): void {
  const taps = tapsOf(c);
  const inputs = laysOutPatches(c) ? c.kernelHeight * c.kernelWidth * c.inChannels : c.inChannels;
  const outChannels = c.outChannels;
  for (let tap: usize = 0; tap < taps; tap++) {
    for (let i: usize = 0; i < inputs; i++) {
      let source = sums + ((i / BLOCK) * outChannels * taps + tap) * BLOCK_BYTES + ((i % BLOCK) << 2);
      for (let co: usize = 0; co < outChannels; co++) {
        store<f32>(dw, load<f32>(source));
        dw += 4;
        source += taps * BLOCK_BYTES;
      }
    }
  }
}
