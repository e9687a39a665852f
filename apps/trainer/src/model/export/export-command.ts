import { join } from 'node:path';
import { type CheckpointName, ConfigError } from '@dropout-lab/contracts';
import { openRunDirectory } from '@dropout-lab/runs/node';
import type { Reporter } from '../../command/reporter.ts';
import { type Output, requireNewFile, requireNewFolder, writeFile, writeFiles } from '../../output.ts';
import { chooseFormat, exportFormatOf } from './choose-format.ts';
import type {
  FileFormat,
  FolderFormat,
  RunsFormat,
  RunToExport,
  WrittenFile,
  WrittenFolder,
} from './format.ts';
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
  const target: Output = { option: '--output', place };
  await (format.extension === undefined ? requireNewFolder(target) : requireNewFile(target));
  const runs = await Promise.all(
    paths.map(async (path) => ({ run: await openRunDirectory(path), checkpoint })),
  );
  const { use, notes = [] } =
    format.extension === undefined
      ? await exportFolder(format, runs, target)
      : await exportFile(format, runs[0]!, target);
  reporter.line(`Wrote ${place}: ${use}`);
  for (const note of notes) reporter.line(note);
  return 0;
};

const exportFile = async (format: FileFormat, run: RunToExport, target: Output): Promise<WrittenFile> => {
  const write = await format.load();
  const file = await write(run);
  await writeFile(target, file.content);
  return file;
};

const exportFolder = async (
  format: FolderFormat | RunsFormat,
  runs: readonly RunToExport[],
  target: Output,
): Promise<WrittenFolder> => {
  const folder = format.takesSeveralRuns
    ? await (await format.load())(runs)
    : await (await format.load())(runs[0]!);
  await writeFiles(target, folder.files);
  return folder;
};
