/** A field of a protobuf message: its number, its wire type and its content. */
export type Field = readonly number[];

const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;
const FIXED32 = 5;

const varint = (value: number): number[] => {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return bytes;
};

const key = (number: number, wireType: number): number[] => varint(number * 8 + wireType);

/** @param value A safe integer of at least 0, or whether something is so. */
export const whole = (number: number, value: number | boolean): Field => [
  ...key(number, VARINT),
  ...varint(Number(value)),
];

export const double = (number: number, value: number): Field => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return [...key(number, FIXED64), ...bytes];
};

export const float = (number: number, value: number): Field => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return [...key(number, FIXED32), ...bytes];
};

export const bytes = (number: number, value: ArrayLike<number>): Field => [
  ...key(number, DELIMITED),
  ...varint(value.length),
  ...Array.from(value),
];

const encoder = new TextEncoder();

export const text = (number: number, value: string): Field => bytes(number, encoder.encode(value));

/** A message within a message. */
export const message = (number: number, ...fields: readonly Field[]): Field => bytes(number, fields.flat());

/** Returns a whole message. */
export const encodeMessage = (...fields: readonly Field[]): Uint8Array => Uint8Array.from(fields.flat());
