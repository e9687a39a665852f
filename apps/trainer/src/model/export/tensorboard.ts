import { basename, resolve } from 'node:path';
import { boardContent, boardFileName } from '../../tensorboard/board-files.ts';
import type { RunToExport, WrittenFolder } from './format.ts';

/** The event files of TensorBoard, a folder for each run. */
export const writeTensorBoard = async (runs: readonly RunToExport[]): Promise<WrittenFolder> => {
  const files = new Map<string, Uint8Array>();
  for (const [i, { run }] of runs.entries()) {
    const { manifest } = run;
    const name = nameOf(i, runs);
    const time = Date.parse(manifest.createdAt);
    const { events } = await run.readEvents();
    for (const [folder, content] of boardContent(manifest, events, { time, name })) {
      const place = folder === '.' ? name : `${name}/${folder}`;
      files.set(`${place}/${boardFileName(time)}`, content);
    }
  }
  return { files, use: 'tensorboard --logdir shows it' };
};

/** The name of a run's folder, which two runs of different stores may have, with a number then. */
const nameOf = (index: number, runs: readonly RunToExport[]): string => {
  const names = runs.map(({ run }) => basename(resolve(run.path)));
  const name = names[index]!;
  const before = names.slice(0, index).filter((other) => other === name).length;
  return before === 0 ? name : `${name}-${before + 1}`;
};
