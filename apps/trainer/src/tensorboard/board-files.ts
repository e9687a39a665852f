import type { RunEvent, RunManifest } from '@dropout-lab/contracts';
import { encodeBoardEvent, encodeBoardHead } from '@dropout-lab/interchange';
import { withoutVoided } from '@dropout-lab/runs';
import { type BoardFolder, boardBeginning, boardEvents, type PlacedEvent } from './board-events.ts';

/** Returns the name of an event file. TensorBoard reads those of a folder in the order of their names. */
export const boardFileName = (time: number): string =>
  `events.out.tfevents.${String(Math.floor(time / 1000)).padStart(10, '0')}.dropout-lab`;

/** Whether a file is one that {@link boardFileName} has named. */
export const isBoardFile = (name: string): boolean =>
  /^events\.out\.tfevents\.\d{10,}\.dropout-lab$/.test(name);

/**
 * Returns the content of a run's event files, by their folders. Events that became void when the run was resumed are left
 * out.
 *
 * @param time When the files begin, in milliseconds since 1970.
 * @param name The run's, for TensorBoard's table of settings.
 */
export const boardContent = (
  manifest: RunManifest,
  events: readonly RunEvent[],
  { time, name }: { readonly time: number; readonly name: string },
): ReadonlyMap<BoardFolder, Uint8Array> => {
  const placed = [...boardBeginning(manifest, name), ...withoutVoided(events).flatMap(boardEvents(manifest))];
  return new Map(
    [...encodeByFolder(placed)].map(([folder, content]) => [
      folder,
      Buffer.concat([encodeBoardHead(time), content]),
    ]),
  );
};

/** Encodes events, by their folders. */
export const encodeByFolder = (placed: readonly PlacedEvent[]): ReadonlyMap<BoardFolder, Uint8Array> => {
  const parts = new Map<BoardFolder, Uint8Array[]>();
  for (const event of placed) {
    const found = parts.get(event.folder) ?? [];
    parts.set(event.folder, found);
    found.push(encodeBoardEvent(event));
  }
  return new Map([...parts].map(([folder, records]) => [folder, Buffer.concat(records)]));
};
