import { type FileHandle, open } from 'node:fs/promises';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';

/** A row of a Parquet file of pictures. */
export interface WrittenPicture {
  /** A file's content, a PNG's say. */
  readonly bytes: Uint8Array;
  /** The file's name. */
  readonly path: string;
  readonly label: number;
}

/** As many rows as the datasets library puts into a group of pictures. */
const ROWS_IN_GROUP = 100;

/**
 * Writes a Parquet file in Hugging Face's layout, a group of rows at a time: columns `image` and `label`, and the names of the
 * classes in the metadata. Its content is on the disk when this resolves. `parquet` reads it, and Python's `datasets`.
 *
 * @param path Of a file that does not exist.
 * @throws Error of the file system, or one that the pictures throw.
 */
export const writeParquet = async (
  path: string,
  classNames: readonly string[],
  pictures: AsyncIterable<WrittenPicture>,
): Promise<void> => {
  const file = await open(path, 'wx');
  try {
    const bytes = new ByteWriter();
    const writer = new ParquetWriter({
      writer: bytes,
      schema: [
        { name: 'root', num_children: 2 },
        { name: 'image', repetition_type: 'OPTIONAL', num_children: 2 },
        { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
        { name: 'path', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL', converted_type: 'UTF8' },
        { name: 'label', type: 'INT64', repetition_type: 'OPTIONAL' },
      ],
      kvMetadata: [
        { key: 'huggingface', value: JSON.stringify({ info: { features: features(classNames) } }) },
      ],
      createdBy: 'dropout-lab',
    });
    for await (const rows of inGroups(pictures)) {
      writer.write({
        columnData: [
          {
            name: 'image',
            data: rows.map((row) => ({ bytes: row.bytes, path: row.path })),
            // Pictures are compressed already, and seldom the same.
            codec: 'UNCOMPRESSED',
            encoding: 'PLAIN',
            statistics: false,
          },
          { name: 'label', data: rows.map(({ label }) => BigInt(label)) },
        ],
        rowGroupSize: rows.length,
      });
      await flush(bytes, file);
    }
    writer.finish();
    await flush(bytes, file);
    await file.sync();
  } finally {
    await file.close();
  }
};

/** As `datasets` describes them. */
const features = (classNames: readonly string[]) => ({
  image: { _type: 'Image' },
  label: { names: classNames, _type: 'ClassLabel' },
});

async function* inGroups(pictures: AsyncIterable<WrittenPicture>): AsyncGenerator<WrittenPicture[]> {
  let rows: WrittenPicture[] = [];
  for await (const picture of pictures) {
    rows.push(picture);
    if (rows.length < ROWS_IN_GROUP) continue;
    yield rows;
    rows = [];
  }
  if (rows.length > 0) yield rows;
}

/** The writer counts on from where it was, with an empty buffer. */
const flush = async (bytes: ByteWriter, file: FileHandle): Promise<void> => {
  await file.writeFile(bytes.getBytes());
  bytes.index = 0;
};
