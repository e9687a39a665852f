import type { OwnImages } from '@dropout-lab/contracts';
import { imageParts } from '@dropout-lab/data';
import type { OpenedImages } from '@dropout-lab/data/node';
import { bar } from '../../command/format.ts';
import { invocationOf } from '../../command/invocation.ts';
import type { Reporter } from '../../command/reporter.ts';
import { requireNewFolder, writeNewFolder } from '../../output.ts';
import { folderOptions, type PreparationOptions, preparedLines } from '../own-images.ts';
import { requireOutside } from '../require-outside.ts';
import type { ExportedImage, ExportedSplit, ImagesToExport } from './format.ts';
import { type ImagesFormatName, imagesFormats } from './table.ts';

export interface DataExportOptions extends PreparationOptions {
  readonly format: ImagesFormatName;
  /** The folder to make. */
  readonly to: string;
}

/** `dropout-lab data export`: one's own pictures as training takes them, in another format. @returns The exit code. */
export const dataExportCommand = async (
  path: string,
  { format: name, to, ...options }: DataExportOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<number> => {
  const target = { option: '--to', place: to };
  await requireNewFolder(target);
  await requireOutside(target, path);
  const { openPrepared, surveyPictures } = await import('@dropout-lab/data/node');
  const surveyed = await surveyPictures(path, folderOptions(options, reporter, signal));
  const format = imagesFormats[name];
  const load = format.load();
  format.require({ ...surveyed.images, imageShape: probable(surveyed.images, name) });
  const prepared = await surveyed.prepare();
  const { images, validationImages } = prepared;
  format.require(images);
  for (const line of preparedLines(prepared, path)) reporter.line(line);
  const opened = await openPrepared(images, { signal });
  try {
    const write = await load;
    let notes: readonly string[] = [];
    await writeNewFolder(
      target,
      async (folder) => {
        notes = await write(folder, imagesOf(images, validationImages, opened, reporter, signal));
      },
      'to write images',
      'choose another place, or free some space',
    );
    const [height, width] = images.imageShape;
    reporter.line(
      name === 'cifar'
        ? `Wrote ${to}: train.bin, test.bin and classes.txt`
        : `Wrote ${to}: ${invocationOf(['train'], { images: to, size: `${height}x${width}` })}`,
    );
    for (const note of notes) reporter.line(note);
    return 0;
  } finally {
    await opened.close();
  }
};

/** Pictures may turn out to be grey, or not to be, when all are decoded. */
const probable = ({ imageShape }: OwnImages, format: ImagesFormatName): OwnImages['imageShape'] =>
  format === 'cifar' ? [imageShape[0], imageShape[1], 3] : imageShape;

const imagesOf = (
  images: OwnImages,
  validationImages: number,
  opened: OpenedImages,
  reporter: Reporter,
  signal: AbortSignal,
): ImagesToExport => {
  const { labels } = opened;
  const { trainImages, testImages, imageShape } = images;
  const trained = trainImages - validationImages;
  const all = [
    { split: 'train', first: 0, count: trained },
    { split: 'validation', first: trained, count: validationImages },
    { split: 'test', first: trainImages, count: testImages },
  ] as const;
  const size = imageShape.reduce((product, length) => product * length, 1);
  const splits = all.filter(({ count }) => count > 0);
  let done = 0;
  const readSplit = async function* (split: ExportedSplit): AsyncGenerator<ExportedImage> {
    const place = splits.find((one) => one.split === split)!;
    let number = 0;
    for await (const pixels of imageParts(images, opened, place)) {
      for (let at = 0; at < pixels.length; at += size) {
        signal.throwIfAborted();
        reporter.progress(`Writing ${bar(done / labels.length)} ${++done}/${labels.length}`);
        const label = labels[place.first + number]!;
        yield { pixels: pixels.subarray(at, at + size), label, number: number++ };
      }
    }
  };
  return { images, splits, read: readSplit };
};
