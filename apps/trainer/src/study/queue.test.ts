import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { parseStudy, planRuns } from '@dropout-lab/study';
import { runPath } from '@dropout-lab/study/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemProgram } from '../../../../scripts/system-packages.mjs';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { checkpointDigests, runCli, smallRun, startCli } from '../command/testing.ts';

const redisServer = await systemProgram('redis-server', {
  debian: 'redis-server',
  elsewhere: 'brew install redis',
});

const study = {
  name: 'queued',
  title: 'A study on a queue',
  config: { ...smallRun, callbacks: [], epochs: 12 },
  arms: {
    dropout: { title: 'dropout' },
    'no-dropout': { title: 'no dropout', changes: { model: { dropout: { rate: 0 } } } },
  },
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const address = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return address.port;
};

describe.skipIf(redisServer === undefined)('study run --queue', () => {
  let redis: ChildProcess;
  let url: string;
  let folder: string;
  let file: string;

  beforeAll(async () => {
    folder = temporaryFolder();
    file = join(folder, 'queued.json');
    await writeFile(file, JSON.stringify(study));
    const port = await freePort();
    url = `redis://localhost:${port}`;
    redis = spawn(redisServer!, ['--port', `${port}`, '--save', '', '--dir', folder], { stdio: 'ignore' });
  });
  afterAll(() => redis.kill());

  test('two workers share the runs; what one was training when it was killed, the other takes up', async () => {
    const store = join(folder, 'store');
    const compute = ['--backend', 'wasm', '--workers', '1'];
    const queue = ['--queue', url, '--store', store];
    const follower = startCli(['study', 'run', file, ...queue], folder);
    const worker = () => startCli(['worker', ...queue, ...compute, '--lease', '2'], folder);
    const workers = [worker(), worker()];
    const plan = planRuns(parseStudy(study, 'study'));
    /** The run that the first worker has taken and written a checkpoint of. */
    const firstTaken = () => {
      const line = workers[0]!.lines.find((line) => line.includes(': taken'));
      const run = plan.find(({ arm }) => line?.startsWith(`${arm.name}, `));
      return run !== undefined && existsSync(join(runPath(store, run.config), 'checkpoints', 'last'));
    };
    await expect.poll(firstTaken, { timeout: 90_000 }).toBe(true);
    workers[0]!.child.kill('SIGKILL');
    const code = await follower.ended;
    expect({ code, lines: follower.lines }).toMatchObject({ code: 0 });
    expect(follower.lines.at(-1)).toContain('All 2 runs are finished.');
    expect(workers[1]!.lines).toContainEqual(
      expect.stringMatching(/, seed 0: taken, to go on from its last checkpoint$/),
    );

    // A worker that is stopped ends in peace.
    workers[1]!.child.kill('SIGINT');
    expect(await workers[1]!.ended).toBe(130);

    // The very weights of a run that nobody disturbed.
    const alone = join(folder, 'alone');
    expect((await runCli(['study', 'run', file, '--store', alone, ...compute], { cwd: folder })).code).toBe(
      0,
    );
    for (const { config } of plan) {
      expect(await checkpointDigests(runPath(store, config))).toEqual(
        await checkpointDigests(runPath(alone, config)),
      );
    }
  }, 240_000);
});

test('a server that does not answer is reported in one sentence', async () => {
  const cwd = temporaryFolder();
  const url = `redis://localhost:${await freePort()}`;
  const { code, stderr } = await runCli(['worker', '--queue', url], { cwd });
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^dropout-lab: --queue redis:\S+: expected a Redis server that answers: .+: start one/,
  );
});
