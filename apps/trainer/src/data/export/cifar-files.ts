import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeCifar10 } from '@dropout-lab/cifar';
import { writeDurably } from '@dropout-lab/files/node';
import type { ImagesToExport } from './format.ts';

/**
 * Writes records of CIFAR-10's layout, `train.bin` and `test.bin`, and the names of the classes, a line each. The layout has
 * no validation images: they are the last of the training images.
 */
export const writeCifarFiles = async (
  folder: string,
  { images, splits, read }: ImagesToExport,
): Promise<readonly string[]> => {
  const classes = images.classNames.length;
  for (const name of ['train', 'test'] as const) {
    const file = await open(join(folder, `${name}.bin`), 'wx');
    try {
      for (const { split } of splits) {
        if ((split === 'test') !== (name === 'test')) continue;
        for await (const { pixels, label } of read(split))
          await file.writeFile(encodeCifar10(pixels, [label], { classes }));
      }
      await file.sync();
    } finally {
      await file.close();
    }
  }
  writeDurably(join(folder, 'classes.txt'), `${images.classNames.join('\n')}\n`);
  const validation = splits.find(({ split }) => split === 'validation');
  return [
    ...(validation === undefined
      ? []
      : [
          `The last ${validation.count} of train.bin are the validation images, which the layout does not have`,
        ]),
    ...(classes > 10 ? [`Records as those of CIFAR-10, with labels from 0 to ${classes - 1}`] : []),
  ];
};
