import { appendFileSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { RunEvent, RunManifest } from '@dropout-lab/contracts';
import { makeFolder, systemErrorSentence, writeDurably } from '@dropout-lab/files/node';
import { encodeBoardHead } from '@dropout-lab/interchange';
import { type BoardFolder, boardEvents, type PlacedEvent } from './board-events.ts';
import { boardContent, boardFileName, encodeByFolder, isBoardFile } from './board-files.ts';

/** Event files of TensorBoard that are written while a run trains. */
export interface LiveBoard {
  /** Writes anew, from all events so far: those of steps that a resumed run trains again are void. */
  begin(events: readonly RunEvent[]): Promise<void>;
  /** Adds an event; after an epoch, and when the run ends, all are in the files. */
  add(event: RunEvent): Promise<void>;
}

const folders: readonly BoardFolder[] = ['.', 'train', 'validation', 'test'];

/** The event files of ours in the folder of a run. */
const boardFilesIn = (place: string): string[] =>
  folders.flatMap((part) => {
    const folder = join(place, part);
    return existsSync(folder)
      ? readdirSync(folder, { withFileTypes: true })
          .filter((entry) => entry.isFile() && isBoardFile(entry.name))
          .map(({ name }) => join(folder, name))
      : [];
  });

/**
 * Returns the event files of a run, in the folder of its name. A folder that can no longer be written ends the files, and not
 * the run.
 *
 * @param onFailure Called with a sentence, once.
 */
export const liveBoard = (
  folder: string,
  run: { readonly path: string; readonly manifest: RunManifest },
  onFailure: (sentence: string) => void,
): LiveBoard => {
  const { manifest } = run;
  const name = basename(resolve(run.path));
  const place = join(folder, name);
  let translate = boardEvents(manifest);
  let waiting: PlacedEvent[] = [];
  let file = '';
  let hasFailed = false;

  const orFail = async (write: () => Promise<void>): Promise<void> => {
    if (hasFailed) return;
    try {
      await write();
    } catch (cause) {
      hasFailed = true;
      onFailure(
        systemErrorSentence(
          cause,
          `--tensorboard ${place}`,
          'to write event files',
          'the run itself is kept, so export it to TensorBoard later',
        ),
      );
    }
  };

  return {
    begin: (events) =>
      orFail(async () => {
        const time = Date.now();
        const old = boardFilesIn(place);
        file = boardFileName(time);
        waiting = [];
        translate = boardEvents(manifest);
        // Brings it to the last epoch.
        for (const event of events) translate(event);
        for (const [part, content] of boardContent(manifest, events, { time, name })) {
          await makeFolder(join(place, part));
          writeDurably(join(place, part, file), content);
        }
        for (const path of old) if (basename(path) !== file) rmSync(path, { force: true });
      }),
    add: (event) =>
      orFail(async () => {
        waiting.push(...translate(event));
        if (event.kind === 'step') return;
        const ready = encodeByFolder(waiting);
        waiting = [];
        for (const [part, content] of ready) {
          await makeFolder(join(place, part));
          const path = join(place, part, file);
          if (!existsSync(path)) writeDurably(path, Buffer.concat([encodeBoardHead(event.time), content]));
          else appendFileSync(path, content);
        }
      }),
  };
};
