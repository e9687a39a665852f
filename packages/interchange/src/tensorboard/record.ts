import { crc32c } from './crc32c.ts';

const MASK = 0xa282ead8;

/** The checksum as TFRecord has it: bytes that contain their own checksum would otherwise have one that says little. */
const masked = (bytes: Uint8Array): number => {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + MASK) >>> 0;
};

/**
 * Returns data as a record of a TFRecord file: its length as uint64, the masked CRC-32C of that, the data, and its masked
 * CRC-32C; little-endian. A reader takes a record that is cut off for the end of the file.
 */
export const encodeRecord = (data: Uint8Array): Uint8Array => {
  const record = new Uint8Array(data.length + 16);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, masked(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, masked(data), true);
  return record;
};
