import { exportViewer, startViewer } from '@dropout-lab/viewer/node';
import open from 'open';
import type { Reporter } from '../command/reporter.ts';

export interface ViewOptions {
  readonly host?: string;
  readonly port?: number;
  /** Opens the page in a browser, where there is one to see it. */
  readonly open: boolean;
  /** Writes the pages and the runs to this folder, in place of serving them. */
  readonly export?: string;
  readonly images?: true;
}

/** `dropout-lab view`: the runs of a folder in the browser, until the user has seen enough. @returns The exit code. */
export const viewCommand = async (
  runsFolder: string,
  options: ViewOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<number> => {
  if (options.export !== undefined) {
    const count = await exportViewer({ runsFolder, output: options.export, images: options.images ?? false });
    reporter.line(
      `Exported ${count} ${count === 1 ? 'run' : 'runs'} to ${options.export}: put it on any web server`,
    );
    return 0;
  }
  const { host, port } = options;
  const viewer = await startViewer({
    runsFolder,
    ...(host && { host }),
    ...(port !== undefined && { port }),
  });
  reporter.line(`Runs in ${runsFolder}: ${viewer.url}`);
  reporter.line('Ctrl-C ends the viewer.');
  // Without a terminal nobody is there to see a browser.
  if (options.open && process.stdout.isTTY) await open(viewer.url).catch(() => {});
  await new Promise((done) => signal.addEventListener('abort', done, { once: true }));
  await viewer.close();
  return 0;
};
