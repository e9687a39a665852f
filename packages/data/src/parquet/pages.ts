import type { PageHeader } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { endOfStruct, MalformedError, requireRuns } from './thrift-limits.ts';

/** Decompresses a page to a length that is known. */
export type Decompress = (page: Uint8Array, length: number) => Uint8Array;

/** The pages of a column in a group of rows. */
export interface PagesOptions {
  readonly rows: number;
  /** How many parts of the column's path may be null. */
  readonly definitionLevels: number;
  readonly encodings: readonly string[];
  /** Of all pages, decompressed. */
  readonly mostBytes: number;
  /** Undefined where nothing is compressed. */
  readonly decompress: Decompress | undefined;
}

/**
 * Goes through the pages of a column, decompresses them, and compares what they claim with what is there.
 *
 * @returns The decompressed pages, in the order in which a reader asks for them.
 * @throws MalformedError
 */
export const decompressedPages = (chunk: Uint8Array, options: PagesOptions): Uint8Array[] => {
  const { rows, mostBytes, decompress } = options;
  const pages: Uint8Array[] = [];
  let [at, values, bytes] = [0, 0, 0];
  while (at < chunk.length) {
    const start = endOfStruct(chunk, at);
    const header = parquetHeader({ view: new DataView(chunk.buffer, chunk.byteOffset, start), offset: at });
    const { compressed_page_size: size, uncompressed_page_size: length } = header;
    if (!(size >= 0 && length >= 0) || size > chunk.length - start)
      throw new MalformedError('a page cut off');
    bytes += length;
    if (bytes > mostBytes) throw new MalformedError(`more than ${mostBytes} bytes in a group of rows`);
    const page = chunk.subarray(start, start + size);
    const plain = unpack(page, header, decompress);
    if (plain !== page) pages.push(plain);
    values += requirePage(page, plain, header, options);
    if (values > rows) throw new MalformedError(`more than ${rows} values in a column of ${rows} rows`);
    at = start + size;
  }
  if (values !== rows) throw new MalformedError(`${values} values in a column of ${rows} rows`);
  return pages;
};

type DataPageV2 = NonNullable<PageHeader['data_page_header_v2']>;

const versionTwo = ({ type, data_page_header_v2: page }: PageHeader): DataPageV2 | undefined =>
  type === 'DATA_PAGE_V2' ? page : undefined;

/** Without the levels of a page of version 2, which are never compressed. */
const unpack = (page: Uint8Array, header: PageHeader, decompress: Decompress | undefined): Uint8Array => {
  const v2 = versionTwo(header);
  const levels = v2 === undefined ? 0 : levelBytesOf(v2);
  const length = header.uncompressed_page_size - levels;
  if (levels > page.length || length < 0) throw new MalformedError('a page cut off');
  if (decompress === undefined || v2?.is_compressed === false || (v2 !== undefined && length === 0))
    return page;
  const plain = decompress(page.subarray(levels), length);
  if (plain.length === length) return plain;
  throw new MalformedError(`a page of ${plain.length} bytes that claims ${length}`);
};

const levelBytesOf = ({
  repetition_levels_byte_length: repetition,
  definition_levels_byte_length: definition,
}: DataPageV2): number => {
  if (!(repetition >= 0 && definition >= 0)) throw new MalformedError('levels of a negative length');
  return repetition + definition;
};

/** @returns The values that the page has. */
const requirePage = (
  page: Uint8Array,
  plain: Uint8Array,
  header: PageHeader,
  { rows, definitionLevels, encodings }: PagesOptions,
): number => {
  const { type, dictionary_page_header: dictionary } = header;
  if (type === 'DICTIONARY_PAGE' && dictionary !== undefined) {
    // Each has a length of four bytes, or is a number of at least as many.
    requireCount(dictionary.num_values, plain.length / 4);
    return 0;
  }
  const v2 = versionTwo(header);
  const data = type === 'DATA_PAGE' ? header.data_page_header : v2;
  if (data === undefined) throw new MalformedError(`a page of type ${type}`);
  const { num_values: values, encoding } = data;
  requireCount(values, rows);
  if (!encodings.includes(encoding))
    throw new MalformedError(`values encoded as ${encoding}, not ${encodings.join(', ')}`);
  const width = 32 - Math.clz32(definitionLevels);
  let body = plain;
  if (v2 !== undefined) {
    requireCount(v2.num_nulls, values);
    const levels = page.subarray(v2.repetition_levels_byte_length, levelBytesOf(v2));
    if (width > 0) requireRuns(levels, width, values, values);
    if (plain === page) body = page.subarray(levelBytesOf(v2));
  } else if (width > 0) {
    const end = 4 + lengthAt(plain);
    requireRuns(plain.subarray(4, end), width, values, values);
    body = plain.subarray(end);
  }
  const indexWidth = encoding.endsWith('_DICTIONARY') ? (body[0] ?? 0) : 0;
  // Nulls have no index.
  if (indexWidth > 0) requireRuns(body.subarray(1), indexWidth, values, 0);
  return values;
};

const lengthAt = (page: Uint8Array): number => {
  if (page.length < 4) throw new MalformedError('a page cut off');
  const length = new DataView(page.buffer, page.byteOffset, 4).getUint32(0, true);
  if (length > page.length - 4) throw new MalformedError('a page cut off');
  return length;
};

const requireCount = (count: number, most: number): void => {
  if (!(Number.isInteger(count) && count >= 0 && count <= most))
    throw new MalformedError(`a page that claims ${count} values`);
};
