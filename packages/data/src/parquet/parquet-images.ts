import { ConfigError, lackOfName, ownImagesLimits } from '@dropout-lab/contracts';
import type { ColumnMetaData, FileMetaData, SchemaElement } from 'hyparquet';
import { z } from 'zod';
import { type Decompress, decompressedPages } from './pages.ts';
import { endOfStruct, MalformedError } from './thrift-limits.ts';

/** Bytes that are read in parts: of a file or, in a browser, of a Blob. */
export interface ByteSource {
  readonly byteLength: number;
  /** Returns the bytes from `start` to `end`, excluding `end`, fewer where there are no more. */
  readonly read: (start: number, end: number) => Promise<ArrayBuffer>;
}

/** Pictures and their classes in a Parquet file, as Hugging Face's `datasets` writes them. */
export interface ParquetImages {
  readonly classNames: readonly string[];
  /** Groups of rows: what is in memory at once. */
  readonly groups: readonly RowGroup[];
}

/** Rows that are stored together. */
export interface RowGroup {
  readonly firstRow: number;
  readonly rows: number;
  /** The class of each row. @throws ConfigError when one is none of a class. */
  readonly labels: () => Promise<Uint16Array>;
  /** The picture of each row; null where it is missing. @throws ConfigError when they are damaged. */
  readonly pictures: () => Promise<readonly (Uint8Array | null)[]>;
}

/** As many rows as pyarrow puts into a group at most. */
const MOST_ROWS_IN_GROUP = 2 ** 20;
/** More than ImageNet's 14 million. */
const MOST_ROWS = 2 ** 24;
/** Of a group's pictures, all in memory. */
const MOST_GROUP_BYTES = 2 ** 30;
const MOST_METADATA_BYTES = 2 ** 26;
/** The length of the metadata, and `PAR1`. */
const END = 8;

const WRITE_AGAIN = 'write it with the datasets library, or with dropout-lab data export --format parquet';

/** The features that matter, by their columns; others may be anything. */
const metadataSchema = z.object({ info: z.object({ features: z.record(z.string(), z.unknown()) }) });
const imageSchema = z.object({ _type: z.literal('Image') });
const labelSchema = z.object({ _type: z.literal('ClassLabel'), names: z.array(z.string()) });

/**
 * Opens a Parquet file in Hugging Face's layout: a column of images (`bytes`, `path`), a column of labels, and the names of
 * the classes in the metadata, under the key `huggingface`. Nothing but the metadata is read yet.
 *
 * @param name Of the file, for errors.
 * @throws ConfigError when it is damaged, too large, or has other columns.
 */
export const openParquetImages = async (name: string, source: ByteSource): Promise<ParquetImages> => {
  const metadata = await withName(name, () => readMetadata(source));
  const { imageColumn, labelColumn, classNames } = columnsOf(name, metadata);
  requireNames(name, classNames);
  const image = leafOf(name, metadata, [imageColumn, 'bytes'], ['BYTE_ARRAY']);
  const label = leafOf(name, metadata, [labelColumn], ['INT64', 'INT32']);
  let rows = 0;
  const groups = metadata.row_groups.map((group): RowGroup => {
    const firstRow = rows;
    const here = countOf(name, group.num_rows, MOST_ROWS_IN_GROUP, 'rows in a group');
    rows += here;
    const read = (leaf: Leaf): Promise<unknown[]> =>
      withName(name, () => readColumn(source, metadata, group, leaf, here));
    return {
      firstRow,
      rows: here,
      labels: async () => labelsOf(name, await read(label), firstRow, classNames.length),
      pictures: async () => (await read(image)).map((row) => bytesOf(row)),
    };
  });
  countOf(name, rows, MOST_ROWS, 'rows');
  if (rows === 0) throw new ConfigError(`${name}: expected rows of images, found none`);
  return { classNames, groups: groups.filter((group) => group.rows > 0) };
};

/** Names the file in the errors of what reads it: everything that hyparquet throws is about the file. */
const withName = async <T>(name: string, read: () => Promise<T>): Promise<T> => {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ConfigError || !isAboutTheFile(error)) throw error;
    const found = error instanceof MalformedError ? error.message : reasonOf(error as Error);
    throw new ConfigError(
      `${name}: expected a whole Parquet file, found ${found}: fetch or write it again`,
      [],
      { cause: error },
    );
  }
};

/** A reader that trips over what is not there says nothing of the file. */
const reasonOf = (error: Error): string =>
  error instanceof TypeError ? 'metadata that lacks a part' : `"${error.message.slice(0, 200)}"`;

/** Not about the system, or an abort. */
const isAboutTheFile = (error: unknown): boolean =>
  error instanceof Error && !('errno' in error) && error.name !== 'AbortError';

const readMetadata = async (source: ByteSource): Promise<FileMetaData> => {
  const { parquetMetadata } = await import('hyparquet');
  const { byteLength } = source;
  if (byteLength < END + 4) throw new MalformedError(`${byteLength} bytes`);
  const end = new Uint8Array(await source.read(byteLength - END, byteLength));
  const magic = new TextDecoder().decode(end.subarray(4));
  if (magic === 'PARE') throw new MalformedError('an encrypted one');
  if (magic !== 'PAR1') throw new MalformedError('another kind of file, or its end cut off');
  const length = new DataView(end.buffer).getUint32(0, true);
  if (length > Math.min(MOST_METADATA_BYTES, byteLength - END))
    throw new MalformedError(`metadata of ${length} bytes`);
  const bytes = await source.read(byteLength - END - length, byteLength);
  endOfStruct(new Uint8Array(bytes, 0, length), 0);
  const metadata = parquetMetadata(bytes, { geoparquet: false });
  if (metadata.schema.length === 0) throw new MalformedError('no columns');
  return metadata;
};

interface Columns {
  readonly imageColumn: string;
  readonly labelColumn: string;
  readonly classNames: readonly string[];
}

const columnsOf = (name: string, { key_value_metadata }: FileMetaData): Columns => {
  const text = key_value_metadata?.find(({ key }) => key === 'huggingface')?.value;
  const parsed = metadataSchema.safeParse(parsedJson(text));
  if (!parsed.success) {
    throw new ConfigError(
      `${name}: expected the columns and the names of the classes in its metadata, under the key huggingface, found ${text === undefined ? 'no such key' : 'something else there'}: ${WRITE_AGAIN}`,
    );
  }
  const features = Object.entries(parsed.data.info.features);
  const images = features.filter(([, feature]) => imageSchema.safeParse(feature).success);
  const labels = features.flatMap(([column, feature]) => {
    const label = labelSchema.safeParse(feature);
    return label.success ? [{ column, names: label.data.names }] : [];
  });
  const image = only(
    name,
    'column of images, an Image feature',
    images.map(([column]) => column),
    'image',
  );
  const column = only(
    name,
    'column of class labels, a ClassLabel feature with names',
    labels.map((label) => label.column),
    'label',
  );
  const { names } = labels.find((label) => label.column === column)!;
  return { imageColumn: image, labelColumn: column, classNames: names };
};

const parsedJson = (text: string | undefined): unknown => {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
};

/** The one of its kind, or that of the usual name. */
const only = (name: string, what: string, columns: readonly string[], usual: string): string => {
  if (columns.includes(usual)) return usual;
  if (columns.length === 1) return columns[0]!;
  const named = columns.slice(0, MOST_SHOWN).map((column) => shown(column));
  const more = columns.length > MOST_SHOWN ? [`${columns.length - MOST_SHOWN} more`] : [];
  const found = columns.length === 0 ? 'none' : [...named, ...more].join(' and ');
  throw new ConfigError(
    `${name}: expected one ${what}, found ${found}: ${columns.length === 0 ? WRITE_AGAIN : `name the one to be learned ${usual}`}`,
  );
};

/** Of the names of columns. */
const MOST_SHOWN = 3;

const shown = (text: string): string => JSON.stringify(text.slice(0, ownImagesLimits.name));

const requireNames = (name: string, classNames: readonly string[]): void => {
  const { classes } = ownImagesLimits;
  if (classNames.length < 2 || classNames.length > classes) {
    throw new ConfigError(
      `${name}: expected the names of 2 to ${classes} classes, found ${classNames.length}: ${WRITE_AGAIN}`,
    );
  }
  const seen = new Set<string>();
  for (const one of classNames) {
    const lack = lackOfName(one);
    if (lack !== undefined) {
      throw new ConfigError(`${name}: expected class names ${lack}, found ${shown(one)}: rename it`);
    }
    if (seen.has(one)) {
      throw new ConfigError(`${name}: expected class names that differ, found ${one} twice: rename one`);
    }
    seen.add(one);
  }
};

/** A column, and how deep it lies. */
interface Leaf {
  readonly path: readonly string[];
  /** From the root to the column. */
  readonly elements: readonly SchemaElement[];
}

/** Finds a column that has one value in each row. */
const leafOf = (
  name: string,
  { schema }: FileMetaData,
  path: readonly string[],
  types: readonly string[],
): Leaf => {
  const refuse = (found: string): ConfigError =>
    new ConfigError(
      `${name}: expected a column ${path.join('.')} of type ${types.join(' or ')}, found ${found}: ${WRITE_AGAIN}`,
    );
  const elements = [schema[0]!];
  let at = 0;
  for (const part of path) {
    const child = childrenOf(schema, at).find((index) => schema[index]!.name === part);
    if (child === undefined) throw refuse('none');
    at = child;
    elements.push(schema[at]!);
  }
  const { type } = schema[at]!;
  if (type === undefined || !types.includes(type)) throw refuse(`one of type ${type ?? 'group'}`);
  if (elements.slice(1).some((element) => element.repetition_type === 'REPEATED')) throw refuse('a list');
  return { path, elements };
};

/** The places of an element's children, which follow it, each with its own. */
const childrenOf = (schema: readonly SchemaElement[], parent: number): number[] => {
  const children: number[] = [];
  let at = parent + 1;
  for (let left = schema[parent]!.num_children ?? 0; left > 0 && at < schema.length; left--) {
    children.push(at);
    // Past all that lies below.
    for (let open = 1; open > 0 && at < schema.length; at++) open += (schema[at]!.num_children ?? 0) - 1;
  }
  return children;
};

const countOf = (name: string, count: bigint | number, most: number, what: string): number => {
  if (count >= 0 && count <= most) return Number(count);
  throw new ConfigError(`${name}: expected at most ${most} ${what}, found ${count}: write it in parts`);
};

const PLAIN = ['PLAIN', 'PLAIN_DICTIONARY', 'RLE_DICTIONARY'];

const readColumn = async (
  source: ByteSource,
  metadata: FileMetaData,
  { columns }: FileMetaData['row_groups'][number],
  { path, elements }: Leaf,
  rows: number,
): Promise<unknown[]> => {
  if (rows === 0) return [];
  const column = columns.find(({ meta_data }) => meta_data?.path_in_schema.join('\0') === path.join('\0'));
  if (column?.meta_data === undefined || column.file_path)
    throw new MalformedError(`no column ${path.join('.')} in a group of rows`);
  const { meta_data } = column;
  const start = Number(meta_data.dictionary_page_offset || meta_data.data_page_offset);
  const length = Number(meta_data.total_compressed_size);
  if (!(start >= 0 && length > 0 && start + length <= source.byteLength))
    throw new MalformedError('it cut off');
  if (length > MOST_GROUP_BYTES) throw new MalformedError(`a group of rows of ${length} bytes`);
  const chunk = await source.read(start, start + length);
  if (chunk.byteLength !== length) throw new MalformedError('it cut off');
  const isText = meta_data.type === 'BYTE_ARRAY';
  const pages = decompressedPages(new Uint8Array(chunk), {
    rows,
    definitionLevels: elements.filter((element) => element.repetition_type === 'OPTIONAL').length,
    encodings: isText ? [...PLAIN, 'DELTA_LENGTH_BYTE_ARRAY'] : PLAIN,
    mostBytes: MOST_GROUP_BYTES,
    decompress: await decompressorOf(meta_data.codec),
  });
  const { parquetReadObjects } = await import('hyparquet');
  const [first] = path;
  // A file of this column alone, whose pages are decompressed already.
  const objects = await parquetReadObjects({
    file: {
      byteLength: source.byteLength,
      slice: (from, to) =>
        from === start && to === start + length ? chunk : chunk.slice(from - start, (to ?? from) - start),
    },
    metadata: {
      ...metadata,
      schema: elements.map((element, depth) =>
        depth < elements.length - 1 ? { ...element, num_children: 1 } : element,
      ),
      row_groups: [{ columns: [column], num_rows: BigInt(rows), total_byte_size: BigInt(length) }],
      num_rows: BigInt(rows),
    },
    compressors: { [meta_data.codec]: () => pages.shift()! },
    utf8: false,
    geoparquet: false,
  });
  if (objects.length !== rows) throw new MalformedError(`${objects.length} of ${rows} rows`);
  return objects.map((object) => object[first!]);
};

/** Each fills what it is given, however much a page says that it has. */
const decompressorOf = async (codec: ColumnMetaData['codec']): Promise<Decompress | undefined> => {
  if (codec === 'UNCOMPRESSED') return undefined;
  if (codec === 'SNAPPY') {
    const { snappyUncompress } = await import('hyparquet');
    return (page, length) => {
      const plain = new Uint8Array(length);
      snappyUncompress(page, plain);
      return plain;
    };
  }
  const { compressors, decompressZstd } = await import('hyparquet-compressors');
  if (codec === 'ZSTD') return (page, length) => decompressZstd(page, new Uint8Array(length));
  const decompress = compressors[codec];
  if (decompress === undefined) throw new MalformedError(`pages compressed by ${codec}`);
  return decompress;
};

const labelsOf = (name: string, values: readonly unknown[], firstRow: number, classes: number): Uint16Array =>
  Uint16Array.from(values, (value, i) => {
    const label = typeof value === 'bigint' || typeof value === 'number' ? Number(value) : undefined;
    if (label !== undefined && label >= 0 && label < classes) return label;
    throw new ConfigError(
      `${name}: expected labels from 0 to ${classes - 1}, one for each of the class names, found ${label ?? 'none'} in row ${firstRow + i}: leave out the rows without a class`,
    );
  });

/** Null, too, where the whole image is. */
const bytesOf = (row: unknown): Uint8Array | null => {
  const bytes = row instanceof Object ? (row as { bytes?: unknown }).bytes : undefined;
  return bytes instanceof Uint8Array ? bytes : null;
};
