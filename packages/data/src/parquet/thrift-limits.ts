/*
 * hyparquet believes what a file says: it makes an array of as many items as a list claims to have, and writes as many
 * values as a run claims to repeat. These functions look at that first, so that a file of a hundred bytes takes no more
 * memory than one of that length can fill.
 */

/** A file says what cannot be; the message is what was found. */
export class MalformedError extends Error {
  override readonly name = 'MalformedError';
}

/** Parquet's structs are five deep. */
const MOST_LEVELS = 16;
/** Each becomes an object, or a part of one; a file of seven million pictures, a hundred in a group, has as many. */
const MOST_VALUES = 2 ** 22;
/** Of 64 bits, 7 a byte. */
const LONGEST_VARINT = 10;

/** Bytes, and how far they have been read. */
interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
  /** That have been gone through. */
  values?: number;
}

const next = (cursor: Cursor): number => {
  const byte = cursor.bytes[cursor.at];
  if (byte === undefined) throw new MalformedError('it cut off');
  cursor.at++;
  return byte;
};

/** @throws MalformedError for one that is longer than 64 bits. */
const varint = (cursor: Cursor): number => {
  let value = 0;
  for (let length = 0; length < LONGEST_VARINT; length++) {
    const byte = next(cursor);
    value += (byte & 0x7f) * 2 ** (7 * length);
    if (byte < 0x80) return value;
  }
  throw new MalformedError('a number of more than 64 bits');
};

const skip = (cursor: Cursor, length: number): void => {
  if (length > cursor.bytes.length - cursor.at) throw new MalformedError('it cut off');
  cursor.at += length;
};

/**
 * Goes through a struct of Thrift's compact protocol.
 *
 * @returns The place after its end.
 * @throws MalformedError when it does not end within the bytes, a list claims more items than there are bytes, or it has too many values.
 */
export const endOfStruct = (bytes: Uint8Array, start: number): number => {
  const cursor = { bytes, at: start };
  skipStruct(cursor, 0);
  return cursor.at;
};

const skipStruct = (cursor: Cursor, level: number): void => {
  if (level > MOST_LEVELS) throw new MalformedError(`structs more than ${MOST_LEVELS} deep`);
  for (;;) {
    const byte = next(cursor);
    const type = byte & 0x0f;
    if (type === 0) return;
    // Without a difference to the field before, its number follows.
    if (byte >> 4 === 0) varint(cursor);
    // A boolean field is its type.
    if (type > 2) skipValue(cursor, type, level);
  }
};

const skipValue = (cursor: Cursor, type: number, level: number): void => {
  cursor.values = (cursor.values ?? 0) + 1;
  if (cursor.values > MOST_VALUES) throw new MalformedError(`more than ${MOST_VALUES} values`);
  if (type <= 3) skip(cursor, 1);
  else if (type <= 6) varint(cursor);
  else if (type === 7) skip(cursor, 8);
  else if (type === 8) skip(cursor, varint(cursor));
  else if (type === 9) skipList(cursor, level + 1);
  else if (type === 12) skipStruct(cursor, level + 1);
  else throw new MalformedError(`a field of type ${type}`);
};

const skipList = (cursor: Cursor, level: number): void => {
  if (level > MOST_LEVELS) throw new MalformedError(`lists more than ${MOST_LEVELS} deep`);
  const byte = next(cursor);
  const length = byte >> 4 === 15 ? varint(cursor) : byte >> 4;
  const left = cursor.bytes.length - cursor.at;
  if (length > left) throw new MalformedError(`a list of ${length} items in ${left} bytes`);
  for (let i = 0; i < length; i++) skipValue(cursor, byte & 0x0f, level);
};

/**
 * Goes through runs of Parquet's hybrid of run lengths and packed bits.
 *
 * @param width Bits of a value.
 * @param most How many values may be there.
 * @param least How many must be there.
 * @throws MalformedError when a run has more values than are left, or there are too few.
 */
export const requireRuns = (bytes: Uint8Array, width: number, most: number, least: number): void => {
  if (width > 32) throw new MalformedError(`values of ${width} bits`);
  const cursor = { bytes, at: 0 };
  let values = 0;
  while (values < most && (values < least || cursor.at < bytes.length)) {
    const header = varint(cursor);
    const isPacked = header % 2 === 1;
    const run = Math.floor(header / 2) * (isPacked ? 8 : 1);
    // Packed values are filled up to eight.
    if (run > most - values + (isPacked ? 7 : 0))
      throw new MalformedError(`a run of ${run} values where ${most - values} are left`);
    if (isPacked) {
      // The last run may be cut off after what is used.
      const used = Math.ceil((Math.max(0, Math.min(run, least - values)) * width) / 8);
      skip(cursor, used);
      cursor.at += Math.min(bytes.length - cursor.at, (run * width) / 8 - used);
    } else {
      skip(cursor, Math.ceil(width / 8));
    }
    values += run;
  }
};
