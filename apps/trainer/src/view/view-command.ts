import { existsSync } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { ConfigError } from '@dropout-lab/contracts';
import { isNotFound, systemErrorSentence } from '@dropout-lab/files/node';
import { exportViewer, startViewer, ViewerError } from '@dropout-lab/viewer/node';
import open from 'open';
import type { Reporter } from '../command/reporter.ts';
import { REPORTS_FOLDER } from '../study/store.ts';

export interface ViewOptions {
  readonly host?: string;
  readonly allowHost?: readonly string[];
  readonly port?: number;
  /** Opens the page in a browser, where there is one to see it. */
  readonly open: boolean;
  /** Writes the pages and the runs to this folder, in place of serving them. */
  readonly export?: string;
  readonly images?: true;
}

const DEFAULT_FOLDER = 'runs';

/**
 * `dropout-lab view`: the runs of a folder in the browser, until the user has seen enough.
 *
 * @param folder The folder of the runs; the one that `train` makes by default, which need not be there yet.
 * @returns The exit code.
 * @throws ConfigError when the folder or an option is refused; nothing has been written then.
 */
export const viewCommand = async (
  folder: string | undefined,
  options: ViewOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<number> => {
  const runsFolder = folder ?? DEFAULT_FOLDER;
  const isEmpty = await isEmptyFolder(runsFolder, folder === undefined && options.export === undefined);
  // Where `report` writes when it is called here.
  const reports = existsSync(REPORTS_FOLDER) ? { reportsFolder: REPORTS_FOLDER } : {};
  if (options.export !== undefined) {
    const count = await refused(
      exportViewer({
        runsFolder,
        output: options.export,
        images: options.images ?? false,
        ...reports,
        signal,
      }),
    );
    reporter.line(
      `Exported ${count} ${count === 1 ? 'run' : 'runs'} to ${options.export}: put it on any web server`,
    );
    return 0;
  }
  const { host, port, allowHost } = options;
  const viewer = await refused(
    startViewer({
      runsFolder,
      ...reports,
      ...(host && { host }),
      ...(allowHost && { allowedHosts: allowHost }),
      ...(port !== undefined && { port }),
    }),
  );
  // It may have come while the viewer started.
  if (!signal.aborted) {
    if (isEmpty)
      reporter.line(`There are no runs in ${runsFolder} yet: the pages show some that ship with them.`);
    reporter.line(`Runs in ${runsFolder}: ${viewer.url}`);
    reporter.line('Ctrl-C ends the viewer.');
    // Without a terminal nobody is there to see a browser.
    if (options.open && process.stdout.isTTY) open(viewer.url).catch(() => {});
    await new Promise((done) => signal.addEventListener('abort', done, { once: true }));
  }
  await viewer.close();
  return 0;
};

/**
 * @param mayBeMissing Whether a folder that is not there counts as empty.
 * @throws ConfigError when it is no folder that can be read.
 */
const isEmptyFolder = async (path: string, mayBeMissing: boolean): Promise<boolean> => {
  try {
    const folder = await opendir(path);
    const first = await folder.read();
    await folder.close();
    return first === null;
  } catch (cause) {
    if (mayBeMissing && isNotFound(cause)) return true;
    throw new ConfigError(
      systemErrorSentence(cause, path, 'a folder of runs', 'give the folder that has them'),
      [],
      { cause },
    );
  }
};

/** Passes a viewer's refusal on as the command's, which has an exit code of its own. */
const refused = <T>(work: Promise<T>): Promise<T> =>
  work.catch((error) => {
    throw error instanceof ViewerError ? new ConfigError(error.message, [], { cause: error }) : error;
  });
