import type { SkippedFile } from '@dropout-lab/data';
import type { Reporter } from '../command/reporter.ts';
import { table } from '../command/table.ts';
import { channelsLine, channelsOf } from './channels.ts';
import { folderOptions, type PreparationOptions } from './own-images.ts';

/** Of pairs that are alike; there may be thousands. */
const MOST_PAIRS = 20;

/** `dropout-lab data info PATH`: what images one's own pictures give, and what of them is not used. @returns The exit code. */
export const folderInfoCommand = async (
  path: string,
  options: PreparationOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<number> => {
  const { alikeImages, openPrepared, surveyPictures } = await import('@dropout-lab/data/node');
  const { prepare } = await surveyPictures(path, folderOptions(options, reporter, signal));
  const { images, counts, skipped, notes, files, validationImages } = await prepare();
  const { title, imageShape, classNames, trainImages, testImages, sha256 } = images;
  reporter.line(
    `${title}: ${trainImages} training and ${testImages} test images of ${classNames.length} classes`,
  );
  reporter.line(`Images: ${imageShape.join(' x ')}${notes.length > 0 ? `; ${notes.join('; ')}` : ''}`);
  reporter.line(`SHA-256 of the content: ${sha256}`);
  const rows = classNames.map((name, label) => {
    const { train, validation, test } = counts[label]!;
    return [name, `${train}`, `${validation}`, `${test}`];
  });
  for (const line of table(['class', 'train', 'validation', 'test'], rows)) reporter.line(line);
  for (const line of skippedByReason(skipped)) reporter.line(line);

  const opened = await openPrepared(images, { signal });
  let pairs: Awaited<ReturnType<typeof alikeImages>>;
  try {
    reporter.line(channelsLine(await channelsOf(images, opened)));
    pairs = await alikeImages(images, opened, { validationImages, signal });
  } finally {
    await opened.close();
  }
  const sizes = { training: trainImages - validationImages, validation: validationImages, test: testImages };
  const splitOf = (index: number): keyof typeof sizes =>
    index < sizes.training ? 'training' : index < trainImages ? 'validation' : 'test';
  for (const [later, before] of comparisons) {
    if (sizes[later] === 0 || sizes[before] === 0) continue;
    const alike = pairs.filter(({ known, other }) => splitOf(known) === before && splitOf(other) === later);
    reporter.line(
      alike.length === 0
        ? `No ${later} image is like a ${before} image`
        : `${alike.length} of ${sizes[later]} ${later} images ${alike.length === 1 ? 'is' : 'are'} like a ${before} image${before === 'training' ? `, so the model has seen ${alike.length === 1 ? 'it' : 'them'}` : ''}:`,
    );
    for (const { known, other, isSame } of alike.slice(0, MOST_PAIRS))
      reporter.line(`  ${files[other]} ${isSame ? 'is the same as' : 'is nearly'} ${files[known]}`);
    if (alike.length > MOST_PAIRS) reporter.line(`  and ${alike.length - MOST_PAIRS} more`);
  }
  return 0;
};

/** The splits whose images are compared with those of a split before them. */
const comparisons = [
  ['validation', 'training'],
  ['test', 'training'],
  ['test', 'validation'],
] as const;

const skippedByReason = (skipped: readonly SkippedFile[]): string[] => {
  if (skipped.length === 0) return [];
  return [
    `Skipped ${skipped.length} ${skipped.length === 1 ? 'file' : 'files'}:`,
    ...skipped.map(({ file, reason }) => `  ${file}: ${reason}`),
  ];
};
