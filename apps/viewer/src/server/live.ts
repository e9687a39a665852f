import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RunsWatcher } from './watch-runs.ts';

/** Shows proxies and browsers that a connection is alive on which nothing happens. */
const HEARTBEAT_MS = 15_000;

/**
 * Answers with Server-Sent Events: the whole catalogue first, so that a page that was cut off is up to date at once. A
 * client that does not keep up gets the whole catalogue again, in the place of the changes that it missed, as soon as it
 * has taken what it was sent: no more than one message waits for anybody.
 */
export const sendChanges = async (
  request: IncomingMessage,
  response: ServerResponse,
  watcher: RunsWatcher,
): Promise<void> => {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  response.write('retry: 500\n\n');
  await watcher.refresh();
  // Gone meanwhile: its `close` is over, and would be waited for without end.
  if (response.destroyed || response.closed) return;

  let missed = false;
  const send = (message: string): void => {
    if (response.writableNeedDrain) missed = true;
    else response.write(`data: ${message}\n\n`);
  };
  const sendCatalogue = (): void => send(`{"kind":"catalogue","catalogue":${watcher.catalogue()}}`);
  response.on('drain', () => {
    if (!missed) return;
    missed = false;
    sendCatalogue();
  });
  sendCatalogue();
  const unsubscribe = watcher.subscribe(send);
  const heartbeat = setInterval(() => {
    if (!response.writableNeedDrain) response.write(':\n\n');
  }, HEARTBEAT_MS);
  response.on('close', () => {
    clearInterval(heartbeat);
    unsubscribe();
  });
};
