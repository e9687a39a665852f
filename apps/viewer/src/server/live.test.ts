import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import type { LiveMessage } from '../shared/runs/catalogue.ts';
import { createRun, started } from '../testing/runs.ts';
import { sendChanges } from './live.ts';
import { type RunsWatcher, watchRuns } from './watch-runs.ts';

/** Serves the changes of a folder, and gives what it answers with. */
const serve = async (watcher: RunsWatcher) => {
  const responses: ServerResponse[] = [];
  const server = createServer((request, response) => {
    responses.push(response);
    void sendChanges(request, response, watcher);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    watcher.close();
    server.closeAllConnections();
    server.close();
  });
  const ask = async (): Promise<Socket> => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n');
    return socket;
  };
  return { ask, responses };
};

test('a client that leaves before it is answered is forgotten, as is one that leaves later', async () => {
  const watcher = watchRuns(temporaryFolder(), { place: 'runs', images: [] });
  const looks: (() => void)[] = [];
  const forgotten = vi.fn();
  const { ask, responses } = await serve({
    ...watcher,
    // Waits until the test has had the client leave, or not.
    refresh: () => new Promise((done) => looks.push(done)),
    subscribe: (listener) => {
      const unsubscribe = watcher.subscribe(listener);
      return () => {
        forgotten();
        unsubscribe();
      };
    },
  });
  const subscribe = vi.spyOn(watcher, 'subscribe');

  const early = await ask();
  await expect.poll(() => looks.length).toBe(1);
  early.destroy();
  await expect.poll(() => responses[0]?.closed).toBe(true);
  looks[0]!();
  const stays = await ask();
  await expect.poll(() => looks.length).toBe(2);
  looks[1]!();
  await once(stays, 'data');
  await expect.poll(() => subscribe.mock.calls.length).toBe(1);
  expect(forgotten).not.toHaveBeenCalled();
  stays.destroy();
  await expect.poll(() => forgotten.mock.calls.length).toBe(1);
});

test('for a client that does not read, no more than a message waits; it is up to date once it reads', async () => {
  const root = temporaryFolder();
  const run = await createRun(root, 'talkative');
  run.append(started);
  const watcher = watchRuns(root, { place: 'runs', images: [] });
  const { ask, responses } = await serve(watcher);
  const client = await ask();
  client.pause();
  await expect.poll(() => responses[0]?.headersSent).toBe(true);
  // More than the system keeps for a connection by itself.
  const message = 'x'.repeat(60_000);
  for (let round = 0; round < 14; round++) {
    for (let i = 0; i < 16; i++) run.append({ kind: 'warning', time: 0, message });
    await watcher.refresh();
    expect(responses[0]!.writableLength).toBeLessThan(2.5e6);
  }
  expect(responses[0]!.writableNeedDrain).toBe(true);
  run.append({ kind: 'evaluated', time: 0, split: 'test', loss: 1.5, accuracy: 0.625 });
  await watcher.refresh();
  let text = '';
  client.setEncoding('utf8').on('data', (part) => {
    text += part;
  });
  client.resume();
  const catalogues = () =>
    text
      .split('\n')
      .filter((line) => line.startsWith('data: {"kind":"catalogue"') && line.endsWith('}'))
      .map((line) => JSON.parse(line.slice('data: '.length)) as LiveMessage);
  await expect
    .poll(() => catalogues().at(-1))
    .toMatchObject({ catalogue: { runs: [{ test: { accuracy: 0.625 } }] } });
  await run.close();
});
