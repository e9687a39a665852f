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
    pairs = await alikeImages(images, opened, { validationImages });
  } finally {
    await opened.close();
  }
  const splits = [
    { name: 'validation', count: validationImages, of: pairs.filter(({ other }) => other < trainImages) },
    { name: 'test', count: testImages, of: pairs.filter(({ other }) => other >= trainImages) },
  ];
  for (const { name, count, of } of splits) {
    if (count === 0) continue;
    reporter.line(
      of.length === 0
        ? `No ${name} image is like a training image`
        : `${of.length} of ${count} ${name} images are like a training image, so the model has seen them:`,
    );
    for (const { train, other, isSame } of of.slice(0, MOST_PAIRS))
      reporter.line(`  ${files[other]} ${isSame ? 'is the same as' : 'is nearly'} ${files[train]}`);
    if (of.length > MOST_PAIRS) reporter.line(`  and ${of.length - MOST_PAIRS} more`);
  }
  return 0;
};

const skippedByReason = (skipped: readonly SkippedFile[]): string[] => {
  if (skipped.length === 0) return [];
  return [
    `Skipped ${skipped.length} ${skipped.length === 1 ? 'file' : 'files'}:`,
    ...skipped.map(({ file, reason }) => `  ${file}: ${reason}`),
  ];
};
