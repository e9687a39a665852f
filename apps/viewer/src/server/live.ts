import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RunsWatcher } from './watch-runs.ts';

/** Shows proxies and browsers that a connection is alive on which nothing happens. */
const HEARTBEAT_MS = 15_000;

/** Answers with Server-Sent Events: the whole catalogue first, so that a page that was cut off is up to date at once. */
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
  const send = (message: string): void => {
    response.write(`data: ${message}\n\n`);
  };
  await watcher.refresh();
  send(`{"kind":"catalogue","catalogue":${watcher.catalogue()}}`);
  const unsubscribe = watcher.subscribe(send);
  const heartbeat = setInterval(() => response.write(':\n\n'), HEARTBEAT_MS);
  response.on('close', () => {
    clearInterval(heartbeat);
    unsubscribe();
  });
};
