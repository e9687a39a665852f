import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { configDigest } from '@dropout-lab/runs';
import { parseStudy, planRuns } from '@dropout-lab/study';
import { runPath } from '@dropout-lab/study/node';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { systemProgram } from '../../../../scripts/system-packages.mjs';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { callCli, checkpointDigests, runCli, smallRun, startCli } from '../command/testing.ts';

const redisServer = await systemProgram('redis-server', {
  debian: 'redis-server',
  elsewhere: 'brew install redis',
});

const study = {
  name: 'queued',
  title: 'A study on a queue',
  config: { ...smallRun, callbacks: [], epochs: 12, checkpointEverySteps: 10 },
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

const password = 'not@for:your/eyes';
/** The password, raw or encoded, in whatever part of it is left. */
const secret = /for(:|%3A)your|your(\/|%2F)eyes/i;

/** Starts a Redis server that ends with the test. */
const startRedis = async (options: readonly string[]): Promise<number> => {
  const port = await freePort();
  const server = spawn(redisServer!, ['--port', `${port}`, '--save', '', ...options], {
    cwd: temporaryFolder(),
  });
  onTestFinished(() => void server.kill());
  for await (const line of createInterface({ input: server.stdout })) if (/Ready to accept/.test(line)) break;
  return port;
};

const textOfFiles = async (folder: string): Promise<string> => {
  const names = await readdir(folder, { recursive: true });
  const paths = names.map((name) => join(folder, name));
  const files = await Promise.all(paths.map(async (path) => ((await stat(path)).isFile() ? [path] : [])));
  return (await Promise.all(files.flat().map((path) => readFile(path, 'latin1')))).join('\n');
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
    url = `redis://:${encodeURIComponent(password)}@localhost:${port}`;
    const options = ['--port', `${port}`, '--requirepass', password, '--save', '', '--dir', folder];
    redis = spawn(redisServer!, options, { stdio: 'ignore' });
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
    /** The worker that has taken a run and written a checkpoint of it: either may be the first to start. */
    const firstToTake = () =>
      workers.findIndex(({ lines }) => {
        const line = lines.find((line) => line.includes(': taken'));
        const run = plan.find(({ arm }) => line?.startsWith(`${arm.name}, `));
        return run !== undefined && existsSync(join(runPath(store, run.config), 'checkpoints', 'last'));
      });
    await expect.poll(firstToTake, { timeout: 90_000 }).not.toBe(-1);
    const killed = firstToTake();
    const survivor = workers[1 - killed]!;
    workers[killed]!.child.kill('SIGKILL');
    const code = await follower.ended;
    expect({ code, lines: follower.lines }).toMatchObject({ code: 0 });
    expect(follower.lines.at(-1)).toContain('All 2 runs are finished.');
    expect(survivor.lines).toContainEqual(
      expect.stringMatching(/, seed 0: taken, to go on from its last checkpoint$/),
    );

    // A worker that is stopped ends in peace.
    survivor.child.kill('SIGINT');
    expect(await survivor.ended).toBe(130);

    // Who sees the runs, the messages or what is left on the queue does not get into it.
    const left = new Redis(url);
    const kept = await Promise.all((await left.keys('*')).map((key) => left.dumpBuffer(key)));
    left.disconnect();
    expect(kept.length).toBeGreaterThan(0);
    const written = [...follower.lines, ...workers.flatMap(({ lines }) => lines), await textOfFiles(store)];
    expect(written.join('\n')).toContain(`redis://***@localhost`);
    expect([...written, ...kept.map((value) => value.toString('latin1'))].join('\n')).not.toMatch(secret);

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

test.skipIf(redisServer === undefined)(
  'a worker fails what is no job in a sentence, and takes the next one',
  async () => {
    const port = await startRedis([]);
    const store = temporaryFolder();
    await writeFile(join(store, 'store-id'), 'test');
    const url = `redis://localhost:${port}`;
    const queue = new Queue('dropout-lab-test', { connection: { url } });
    const worker = startCli(
      ['worker', '--queue', url, '--store', store, '--backend', 'wasm', '--workers', '1', '--lease', '2'],
      store,
    );
    onTestFinished(async () => {
      await queue.close();
      worker.child.kill('SIGINT');
      expect(await worker.ended).toBe(130);
    });
    await expect.poll(() => worker.lines.join(), { timeout: 30_000 }).toContain('waits for runs');

    const redis = await queue.client;
    const job = { name: 'x', config: { epochs: 0 }, command: [] };
    const altered: readonly (readonly [string, string, string])[] = [
      ['data', '{oops', 'failed: job: expected an object, received "data: expected JSON, received {oops"'],
      ['opts', '{oops', 'failed: job: expected an object, received "opts: expected an object of options, '],
      ['opts', 'null', 'failed: job: expected an object, received "opts: expected an object of options, '],
      ['opts', '{"repeat":5}', 'received "opts: expected neither repeat nor parent, received {\\"repeat'],
      ['opts', '{"attempts":1e9}', 'x: failed: job: config: epochs: expected a whole number above 0'],
      ['progress', '{oops', 'failed: job: expected an object, received "progress: expected JSON, '],
      ['ats', 'x', 'failed: job: expected an object, received "ats: expected a whole number, received x"'],
      ['atm', '1.5', 'failed: job: expected an object, received "atm: expected a whole number, '],
      ['rjk', 'a:b', 'failed: job: expected an object, received "rjk: expected no such field, received a:b'],
      ['parent', '5', 'failed: job: expected an object, received "parent: expected no such field, '],
      ['parentKey', 'a', 'failed: job: expected an object, received "parentKey: expected no such field, '],
      ['id', 'other', 'failed: job: expected an object, received "id: expected no such field, received'],
      ['data', '5', 'a run: failed: job: expected an object, received 5'],
      ['data', `${'['.repeat(200_000)}${']'.repeat(200_000)}`, 'a run: failed: job: expected an object'],
      [
        'data',
        `{"name":"deep","config":${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)},"command":[]}`,
        'deep: failed: job: config: expected at most 100 levels of nesting',
      ],
      ['name', '', 'x: failed: job: config: epochs: expected a whole number above 0, received 0'],
    ];
    // Time to alter them before they are taken.
    for (const i of altered.keys())
      await queue.add('run', job, { jobId: `job${i}`, delay: 1500, removeOnFail: true });
    for (const [i, [field, text]] of altered.entries())
      await redis.hset(queue.toKey(`job${i}`), { [field]: text });
    for (const [, , line] of altered)
      await expect.poll(() => worker.lines.join('\n'), { timeout: 60_000 }).toContain(line);
    // None is tried again, and none is left where it can neither be taken nor added again.
    expect(worker.lines.filter((line) => line.includes(': failed: '))).toHaveLength(altered.length);
    for (const i of altered.keys()) expect(await queue.getJobState(`job${i}`)).toBe('unknown');
    await queue.add('run', { ...job, config: { ...smallRun, callbacks: [], epochs: 1 } });
    await expect.poll(() => worker.lines.join('\n'), { timeout: 60_000 }).toContain('x: completed');
    expect(await queue.getFailedCount()).toBe(0);
  },
  240_000,
);

test.skipIf(redisServer === undefined)(
  'whoever follows the runs of a queue hears of each that ends, whatever others write there',
  async () => {
    const port = await startRedis([]);
    const store = temporaryFolder();
    await writeFile(join(store, 'store-id'), 'test');
    const url = `redis://localhost:${port}`;
    const file = join(store, 'queued.json');
    await writeFile(file, JSON.stringify(study));
    const queue = new Queue('dropout-lab-test', { connection: { url } });
    const redis = new Redis(url);
    const [first, second] = planRuns(parseStudy(study, 'study')).map(({ config }) => configDigest(config));
    // Has ended, and would never be taken again.
    await redis.hset(queue.toKey(first!), { name: 'run', data: '{}', atm: 'x' });
    const follower = startCli(['study', 'run', file, '--queue', url, '--store', store], store);
    await expect.poll(() => follower.lines.join(), { timeout: 30_000 }).toContain('2 runs are on the queue');
    expect(await queue.getJobState(first!)).toBe('waiting');

    const events = queue.toKey('events');
    const add = (event: string, name: string, text: string) =>
      redis.xadd(events, '*', 'event', event, 'jobId', first!, name, text);
    for (const data of ['null', '5', '{}', '{"worker":5,"text":"x"}', '{"worker":"w","text":"\\u001b[2J"}'])
      await add('progress', 'data', data);
    await add('progress', 'data', '{oops');
    await expect.poll(() => follower.lines.join(), { timeout: 30_000 }).toMatch(/queue: .*JSON/);
    // One says that it has failed, at length; of the other's end nobody says a word.
    await add('failed', 'failedReason', 'y'.repeat(1e6));
    await queue.remove(second!);
    expect(await follower.ended).toBe(1);
    const text = follower.lines.join('\n');
    expect(text).toMatch(/^dropout, seed 0: failed: y{2000}$/m);
    expect(text).toMatch(/^no-dropout, seed 0: /m);
    expect(text).toContain('0 of 2 runs are finished. Resume with: ');
    expect(text).not.toContain('\u001b');
    await queue.close();
    redis.disconnect();
  },
  120_000,
);

test.skipIf(redisServer === undefined)(
  'a server that refuses again and again is reported now and then',
  async () => {
    const port = await startRedis([]);
    const store = temporaryFolder();
    await writeFile(join(store, 'store-id'), 'test');
    const url = `redis://localhost:${port}`;
    const worker = startCli(['worker', '--queue', url, '--store', store], store);
    onTestFinished(() => void worker.child.kill('SIGKILL'));
    await expect.poll(() => worker.lines.join(), { timeout: 30_000 }).toContain('waits for runs');
    const queue = new Queue('dropout-lab-test', { connection: { url } });
    await queue.add('run', {});
    await expect.poll(() => worker.lines.join(), { timeout: 30_000 }).toContain('a run: failed');
    // Redis refuses each command on a key of another kind, as it refuses writes with a full disk.
    await (await queue.client).set('bull:dropout-lab-test:wait', 'no list');
    await queue.close();
    worker.child.kill('SIGINT');
    expect(await worker.ended).toBe(130);
    const reports = worker.lines.filter((line) => line.startsWith('queue: '));
    expect(new Set(reports).size).toBe(reports.length);
  },
  120_000,
);

describe.concurrent('a server that is none, which takes seconds to be sure of,', () => {
  test('does not answer: it is reported in one sentence', async ({ expect }) => {
    const url = `redis://localhost:${await freePort()}`;
    const { code, stderr } = await runCli(['worker', '--queue', url], { cwd: temporaryFolder() });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^dropout-lab: --queue redis:\S+: expected a Redis server that answers: .+: start one/,
    );
  });

  test.for<[string, (socket: Socket) => void, string]>([
    ['never answers', () => {}, 'no answer came in 10 seconds'],
    ['begins an answer', (socket) => socket.write('$99999999\r\nabc'), 'no answer came in 10 seconds'],
    ['hangs up', (socket) => socket.destroy(), ''],
    ['is a web server', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), 'Protocol error'],
    [
      'says yes to everything',
      (socket) =>
        socket.on('data', (data) => {
          // Several commands may come at once.
          const commands = data.toString('latin1').match(/^\*\d+\r$/gm) ?? [];
          socket.write('+OK\r\n'.repeat(commands.length));
        }),
      'it answers PING with "OK"',
    ],
  ])('%s: it is reported in one sentence', async ([, answer, reason], { expect, onTestFinished }) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      answer(socket);
    }).listen(0);
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const url = `redis://localhost:${(server.address() as { port: number }).port}`;
    const { code, stderr } = await runCli(['worker', '--queue', url], { cwd: temporaryFolder() });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^dropout-lab: --queue redis:\S+: expected a Redis server that answers: .+: start one, .*\n$/,
    );
    expect(stderr).toContain(reason);
  });
});

test.skipIf(redisServer === undefined).each([
  ['has another password', ['--requirepass', 'another'], 'WRONGPASS'],
  ['repeats what it does not know', ['--rename-command', 'AUTH', ''], 'unknown command'],
])('a server that %s is reported without the password', async (_, options, reason) => {
  const port = await startRedis(options);
  const url = `redis://:${encodeURIComponent(password)}@localhost:${port}`;
  const { code, stderr } = await runCli(['worker', '--queue', url], { cwd: temporaryFolder() });
  expect(code).toBe(1);
  expect(stderr).toContain(`--queue redis://***@localhost:${port}: expected a Redis server that answers`);
  expect(stderr).toContain(reason);
  expect(stderr).not.toMatch(secret);
});

test.each([
  ['redis://127.0.0.1:99999', 'redis://127.0.0.1:99999'],
  ['redis://', 'redis://'],
  ['redis://host/zero', 'redis://host/zero'],
  ['http://user:s3cret@host', 'http://***@host'],
  ['user:s3cret@host', '***@host'],
  ['redis://:s3/cret@host', 'redis://***'],
  ['redis://:s3#cret@host', 'redis://***'],
  ['redis://:s3 cret@host', 'redis://***@host'],
  ['redis://:s3%cret@host', 'redis://***@host'],
])('--queue %s is refused, and shown as %s', async (address, shown) => {
  const cwd = temporaryFolder();
  for (const command of [['worker'], ['study', 'run', 'tutorial']]) {
    const { code, stderr } = await callCli([...command, '--queue', address], { cwd });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining(
        `dropout-lab: --queue: expected the address of a Redis server, such as redis://localhost:6379, received ${shown}: `,
      ),
    });
    expect(stderr).not.toMatch(/s3|cret/);
  }
  expect(await readdir(cwd)).toEqual([]);
});
