import { ConfigError, type NamedArray, parseJson } from '@dropout-lab/contracts';
import { InterchangeError } from '../errors.ts';
import { isObject, shown } from '../objects.ts';

/** The content of a `.safetensors` file. */
export interface SafetensorsFile {
  readonly arrays: readonly NamedArray[];
  /** Texts by their names. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The length of the header comes first, as a whole number of 64 bits, little end first. */
const LENGTH_BYTES = 8;
/** The header is filled up with spaces, so that the numbers behind it begin at a multiple of this. */
const ALIGNMENT = 8;
const METADATA = '__metadata__';

/**
 * Writes arrays of float32 as a `.safetensors` file: the length of the header, the header in JSON with each array's name, shape
 * and place, then all numbers, little end first.
 *
 * @see https://github.com/huggingface/safetensors
 */
export const encodeSafetensors = ({ arrays, metadata }: SafetensorsFile): Uint8Array => {
  let end = 0;
  const places = arrays.map(({ name, shape, values }) => {
    const begin = end;
    end += values.byteLength;
    return [name, { dtype: 'F32', shape, data_offsets: [begin, end] }] as const;
  });
  const text = JSON.stringify({ [METADATA]: metadata, ...Object.fromEntries(places) });
  const json = new TextEncoder().encode(text);
  const header = Math.ceil(json.length / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(LENGTH_BYTES + header + end);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(header), true);
  bytes.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + header);
  bytes.set(json, LENGTH_BYTES);
  let place = LENGTH_BYTES + header;
  for (const { values } of arrays) {
    for (const bits of new Uint32Array(values.buffer, values.byteOffset, values.length)) {
      view.setUint32(place, bits, true);
      place += 4;
    }
  }
  return bytes;
};

/** Of a model with tens of thousands of arrays; the reference reads six times as much. */
const MOST_HEADER_BYTES = 2 ** 24;

/** Whether bytes begin as a `.safetensors` file does: with a length, and a header in JSON. */
export const isSafetensors = (bytes: Uint8Array): boolean =>
  bytes.length > LENGTH_BYTES && bytes[LENGTH_BYTES] === 0x7b;

/**
 * Reads a `.safetensors` file of float32 arrays, to the bit. Lengths, shapes and places in it are not trusted: nothing is read
 * before they fit together and into the file.
 *
 * @param where The file's name, for errors.
 * @throws InterchangeError when the bytes are no such file, are cut off, or have arrays of another type.
 */
export const decodeSafetensors = (bytes: Uint8Array, where: string): SafetensorsFile => {
  const { header, data } = splitHeader(bytes, where);
  const { [METADATA]: metadata = {}, ...entries } = header;
  if (!isObject(metadata) || !Object.values(metadata).every((text) => typeof text === 'string')) {
    throw new InterchangeError(
      `${where}: ${METADATA}: expected texts by their names, found ${shown(metadata)}`,
    );
  }
  const places = Object.entries(entries).map(([name, entry]) => placeOf(name, entry, where));
  requireCovered(places, data.length, where);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const arrays = places.map(({ name, shape, begin, end }) => {
    const bits = Uint32Array.from({ length: (end - begin) / 4 }, (_, i) =>
      view.getUint32(begin + 4 * i, true),
    );
    return { name, shape, values: new Float32Array(bits.buffer) };
  });
  return { arrays, metadata: metadata as Readonly<Record<string, string>> };
};

const splitHeader = (bytes: Uint8Array, where: string) => {
  const refusal = (found: string, options?: ErrorOptions): InterchangeError =>
    new InterchangeError(
      `${where}: expected a .safetensors file, which begins with the length of its header and the header in JSON, found ${found}: save it again, or copy it again`,
      options,
    );
  if (!isSafetensors(bytes)) throw refusal(`${bytes.length} bytes that do not`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  const most = Math.min(MOST_HEADER_BYTES, bytes.length - LENGTH_BYTES);
  if (length > most) throw refusal(`a length of ${length}, where at most ${most} bytes can be a header`);
  const end = LENGTH_BYTES + Number(length);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(LENGTH_BYTES, end));
    const header = parseJson(text, where);
    if (!isObject(header)) throw refusal('a header that is not an object');
    return { header, data: bytes.subarray(end) };
  } catch (cause) {
    const isJson = cause instanceof ConfigError && !(cause.cause instanceof SyntaxError);
    if (isJson) throw new InterchangeError(cause.message, { cause });
    if (cause instanceof ConfigError || cause instanceof TypeError)
      throw refusal('a header that is not JSON', { cause });
    throw cause;
  }
};

interface Place {
  readonly name: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const placeOf = (name: string, entry: unknown, where: string): Place => {
  const place = `${where}: ${shown(name)}`;
  const { dtype, shape, data_offsets: offsets } = isObject(entry) ? entry : {};
  if (dtype !== 'F32') {
    throw new InterchangeError(`${place}: expected float32, F32, found ${shown(dtype)}: save it as float32`);
  }
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    throw new InterchangeError(`${place}: expected a shape, a list of whole numbers, found ${shown(shape)}`);
  }
  const bytes = shape.reduce((product: number, length) => product * length, 4);
  const [begin, end] = Array.isArray(offsets) && offsets.length === 2 ? (offsets as unknown[]) : [];
  if (isCount(begin) && isCount(end) && end - begin === bytes) return { name, shape, begin, end };
  throw new InterchangeError(
    `${place}: expected two places, ${bytes} bytes apart for its shape [${shape}], found ${shown(offsets)}`,
  );
};

/** @throws InterchangeError unless the arrays are all of the data, one behind the other. */
const requireCovered = (places: readonly Place[], length: number, where: string): void => {
  let end = 0;
  for (const { name, begin, end: next } of places.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== end) {
      throw new InterchangeError(
        `${where}: ${shown(name)}: expected arrays one after the other, found one from byte ${begin} on, where the one before ends at ${end}`,
      );
    }
    end = next;
  }
  if (end === length) return;
  throw new InterchangeError(
    `${where}: expected ${end} bytes of arrays after the header, found ${length}: ${length < end ? 'the file was cut off, so copy it again' : 'save it again'}`,
  );
};
