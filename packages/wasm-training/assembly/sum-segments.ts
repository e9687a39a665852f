import { LANES } from './convolution/accumulate';

/**
 * target[segment] = sum of the rows whose id is the segment; a row whose id is none of them is left out.
 *
 * @param source [rows, columns]
 * @param ids int32 [rows]
 * @param target [segments, columns], overwritten
 */
export function sumSegments(
  source: usize,
  ids: usize,
  target: usize,
  rows: usize,
  columns: usize,
  segments: usize,
): void {
  const rowBytes = columns << 2;
  memory.fill(target, 0, segments * rowBytes);
  for (let i: usize = 0; i < rows; i++, source += rowBytes) {
    // A negative one is beyond all segments as an unsigned number.
    const id = <usize>load<u32>(ids + (i << 2));
    if (id >= segments) continue;
    const sums = target + id * rowBytes;
    let c: usize = 0;
    for (; c + 4 * LANES <= rowBytes; c += 4 * LANES) {
      v128.store(sums + c, f32x4.add(v128.load(sums + c), v128.load(source + c)));
    }
    for (; c < rowBytes; c += 4) store<f32>(sums + c, load<f32>(sums + c) + load<f32>(source + c));
  }
}
