import { join } from 'node:path';
import { type CheckpointName, ConfigError } from '@dropout-lab/contracts';
import { openRunDirectory } from '@dropout-lab/runs/node';
import type { Reporter } from '../../command/reporter.ts';
import { chooseFormat, exportFormatOf } from './choose-format.ts';
import { requireNewFolder, writeFile, writeFolder } from './output.ts';
import type { ExportFormatName } from './table.ts';

export interface ExportOptions {
  readonly format?: ExportFormatName;
  readonly checkpoint: CheckpointName;
  readonly output?: string;
}

/** `dropout-lab export`: runs as a file or a folder for other programs. @returns The exit code. */
export const exportCommand = async (
  paths: readonly string[],
  { format: named, checkpoint, output }: ExportOptions,
  reporter: Reporter,
): Promise<number> => {
  const name = chooseFormat(named, output);
  const format = exportFormatOf(name);
  const [first, ...others] = paths as [string, ...string[]];
  const isOfSeveral = format.extension === undefined && format.takesSeveralRuns === true;
  if (others.length > 0 && !isOfSeveral) {
    throw new ConfigError(
      `export: expected one run for the format ${name}, received ${paths.length}: export them one by one`,
    );
  }
  const place =
    output ??
    (format.extension === undefined
      ? join(others.length === 0 ? first : '.', name)
      : join(first, `${checkpoint}${format.extension}`));
  if (format.extension === undefined) await requireNewFolder(place);
  const runs = await Promise.all(
    paths.map(async (path) => ({ run: await openRunDirectory(path), checkpoint })),
  );
  let use: string;
  if (format.extension !== undefined) {
    const write = await format.load();
    const file = await write(runs[0]!);
    writeFile(place, file.content);
    ({ use } = file);
  } else {
    const folder = format.takesSeveralRuns
      ? await (await format.load())(runs)
      : await (await format.load())(runs[0]!);
    await writeFolder(place, folder.files);
    ({ use } = folder);
  }
  reporter.line(`Wrote ${place}: ${use}`);
  return 0;
};
