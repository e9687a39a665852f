import { BLOCK_BYTES, ENTRY_BYTES, LANES } from './accumulate';

/** Bytes past its end that an entry may be written to, which the next one overwrites. */
export const OVERRUN_BYTES: usize = 4 * ENTRY_BYTES;

/**
 * Appends up to four entries to a list, without a branch: which numbers are zero cannot be predicted.
 *
 * @param mask Bit i is set where lane i is appended.
 * @returns The list's new end.
 */
function appendLanes(end: usize, addresses: v128, values: v128, mask: usize): usize {
  const first = v128.shuffle<u32>(addresses, values, 0, 4, 1, 5);
  const second = v128.shuffle<u32>(addresses, values, 2, 6, 3, 7);
  v128.store64_lane(end, first, 0);
  end += (mask & 1) << 3;
  v128.store64_lane(end, first, 1);
  end += (mask & 2) << 2;
  v128.store64_lane(end, second, 0);
  end += (mask & 4) << 1;
  v128.store64_lane(end, second, 1);
  return end + (mask & 8);
}

/** Appends an entry to a list where its value is not zero; returns the list's new end. */
export function appendNonZero(end: usize, address: usize, value: f32): usize {
  store<u32>(end, <u32>address);
  store<f32>(end, value, 4);
  return end + ((<usize>(value != 0)) << 3);
}

/** The addresses of four consecutive channels. */
function channelAddresses(address: usize): v128 {
  return i32x4.add(
    i32x4.splat(<i32>address),
    i32x4(0, <i32>BLOCK_BYTES, 2 * <i32>BLOCK_BYTES, 3 * <i32>BLOCK_BYTES),
  );
}

/**
 * Appends (address + channel * BLOCK_BYTES, values[channel]) to a list for every channel whose value is not zero.
 *
 * @returns The list's new end.
 */
export function appendNonZeros(values: usize, channels: usize, end: usize, address: usize): usize {
  const zero = f32x4.splat(0);
  const step = i32x4.splat(LANES * BLOCK_BYTES);
  let addresses = channelAddresses(address);
  let c: usize = 0;
  for (; c + LANES <= channels; c += LANES) {
    const four = v128.load(values + (c << 2));
    end = appendLanes(end, addresses, four, i32x4.bitmask(f32x4.ne(four, zero)));
    addresses = i32x4.add(addresses, step);
  }
  for (; c < channels; c++) end = appendNonZero(end, address + c * BLOCK_BYTES, load<f32>(values + (c << 2)));
  return end;
}

/** As {@link appendNonZeros}, for every channel. */
export function appendEvery(values: usize, channels: usize, end: usize, address: usize): usize {
  for (let c: usize = 0; c < channels; c++) {
    store<u32>(end, <u32>(address + c * BLOCK_BYTES));
    store<f32>(end, load<f32>(values + (c << 2)), 4);
    end += ENTRY_BYTES;
  }
  return end;
}

/** Four bytes, each as a number. */
export function loadBytes(source: usize): v128 {
  return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(source)));
}

/**
 * As {@link appendNonZeros}, for the values whose window's maximum is at one place: the gradient of one input of the windows.
 *
 * @param winners For each channel the place of the maximum in its window, u8.
 */
export function appendWinners(
  values: usize,
  winners: usize,
  place: usize,
  channels: usize,
  end: usize,
  address: usize,
): usize {
  const zero = f32x4.splat(0);
  const places = i32x4.splat(<i32>place);
  const step = i32x4.splat(LANES * BLOCK_BYTES);
  let addresses = channelAddresses(address);
  let c: usize = 0;
  for (; c + LANES <= channels; c += LANES) {
    const four = v128.load(values + (c << 2));
    const wins = v128.and(f32x4.ne(four, zero), i32x4.eq(loadBytes(winners + c), places));
    end = appendLanes(end, addresses, four, i32x4.bitmask(wins));
    addresses = i32x4.add(addresses, step);
  }
  for (; c < channels; c++) {
    const value: f32 = <usize>load<u8>(winners + c) == place ? load<f32>(values + (c << 2)) : 0;
    end = appendNonZero(end, address + c * BLOCK_BYTES, value);
  }
  return end;
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
