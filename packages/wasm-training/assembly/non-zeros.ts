import { ENTRY_BYTES, LANES } from './accumulate';

/**
 * Appends (address of channel c, values[c]) to list c for every channel whose value is not zero. Most groups of
 * four channels are all zero and cost one comparison.
 *
 * @param values `channels` floats
 * @param ends For each list its end, u32, moved on; lists apart by one u32, or one common end when `shared`.
 * @param address Address of channel 0; `addressStep` bytes further for each channel.
 */
export function appendNonZeros(
  values: usize,
  channels: usize,
  ends: usize,
  shared: bool,
  address: usize,
  addressStep: usize,
): void {
  let c: usize = 0;
  for (; c + LANES <= channels; c += LANES) {
    let nonZero = i32x4.bitmask(f32x4.ne(v128.load(values + (c << 2)), f32x4.splat(0)));
    while (nonZero) {
      const channel = c + <usize>ctz(nonZero);
      nonZero &= nonZero - 1;
      append(
        shared ? ends : ends + (channel << 2),
        address + channel * addressStep,
        load<f32>(values + (channel << 2)),
      );
    }
  }
  for (; c < channels; c++) {
    const value = load<f32>(values + (c << 2));
    if (value != 0) append(shared ? ends : ends + (c << 2), address + c * addressStep, value);
  }
}

function append(end: usize, address: usize, value: f32): void {
  const entry = <usize>load<u32>(end);
  store<u32>(entry, <u32>address);
  store<f32>(entry, value, 4);
  store<u32>(end, <u32>(entry + ENTRY_BYTES));
}

/** Returns how many of `length` floats are not zero. */
export function countNonZeros(values: usize, length: usize): usize {
  let counts = i32x4.splat(0);
  let i: usize = 0;
  // A lane that differs from zero compares to -1.
  for (; i + LANES <= length; i += LANES) {
    counts = i32x4.sub(counts, f32x4.ne(v128.load(values + (i << 2)), f32x4.splat(0)));
  }
  let count: usize =
    i32x4.extract_lane(counts, 0) +
    i32x4.extract_lane(counts, 1) +
    i32x4.extract_lane(counts, 2) +
    i32x4.extract_lane(counts, 3);
  for (; i < length; i++) count += <usize>(load<f32>(values + (i << 2)) != 0);
  return count;
}
