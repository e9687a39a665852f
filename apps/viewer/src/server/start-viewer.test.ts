import { execFileSync } from 'node:child_process';
import { cp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import type { Catalogue, CorruptRun, RunDigest, RunOverview } from '../shared/runs/catalogue.ts';
import { createEndedRun, createRun, epochEvent, started, stepEvent } from '../testing/runs.ts';
import { ViewerError } from './errors.ts';
import { startViewer, type Viewer } from './start-viewer.ts';

const SCRIPT = '<script>alert(1)';
/** Names of folders that an address must not take for something else. */
const ODD = [
  ...[
    '50% & more?#',
    '100%25',
    '%2e%2e',
    '%5c',
    '#1',
    '?x',
    ' a b ',
    '"q"',
    "it's",
    'new\nline',
    'a+b&runs=c;d:e',
  ],
  ...['e\u0301 decomposed', '\u00e9 composed', '🚀', '-dash', 'catalogue.json', 'digest.json', SCRIPT],
  // On Windows no name has it.
  ...(process.platform === 'win32' ? [] : ['back\\slash', '\\', 'in\\folders/of ?/50%']),
];

let root: string;
let outside: string;
let viewer: Viewer;

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Asks with the very path: `fetch` would tidy it up first. */
const ask = (
  path: string,
  { method = 'GET', host = '', headers = {}, port = new URL(viewer.url).port } = {},
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { hostname } = new URL(viewer.url);
    request(
      { hostname, port, path, method, headers: { ...headers, Host: host || `${hostname}:${port}` } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode!,
            headers: response.headers,
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    )
      .on('error', reject)
      .end();
  });

const catalogue = async (): Promise<Catalogue> => JSON.parse((await ask('/runs/catalogue.json')).body);

/** The kinds of events that the pages get of a run, as of now. */
const kindsOf = async (name: string): Promise<string[]> => {
  await catalogue();
  const { body } = await ask(`/runs/${name}/digest.json`);
  return (JSON.parse(body) as RunDigest).events.map(({ kind }) => kind);
};

beforeAll(async () => {
  const folder = temporaryFolder();
  root = join(folder, 'runs');
  outside = join(folder, 'outside');
  await createEndedRun(root, 'good');
  await createEndedRun(root, 'study/arm/seed-1');
  for (const name of ODD) await createEndedRun(root, name);
  await createEndedRun(root, '.hidden');
  await createEndedRun(outside, 'secret');
  await writeFile(join(outside, 'passwords.json'), '{"password":"hunter2"}');

  await mkdir(join(root, 'torn'));
  await writeFile(join(root, 'torn', 'run.json'), '{"schemaVersion": 1, "id": "to');
  await mkdir(join(root, 'other-json'));
  await writeFile(join(root, 'other-json', 'run.json'), '[1, 2, 3]');
  await mkdir(join(root, 'no-manifest'));
  await writeFile(join(root, 'no-manifest', 'events.jsonl'), '{}\n');
  await cp(join(root, 'good'), join(root, 'newer'), { recursive: true });
  await writeFile(join(root, 'newer', 'run.json'), '{"schemaVersion": 99}');

  await symlink(join(outside, 'secret'), join(root, 'linked-run'));
  await createEndedRun(root, 'linked-file');
  await symlink(join(outside, 'passwords.json'), join(root, 'linked-file', 'evaluation.json'));
  await createEndedRun(root, 'linked-folder');
  await rm(join(root, 'linked-folder', 'checkpoints'), { recursive: true });
  await mkdir(join(outside, 'last'));
  await writeFile(join(outside, 'last', 'model.json'), 'hunter2');
  await symlink(outside, join(root, 'linked-folder', 'checkpoints'));
  await mkdir(join(root, 'linked-manifest'));
  await symlink(join(outside, 'secret', 'run.json'), join(root, 'linked-manifest', 'run.json'));
  await createEndedRun(root, 'pipe');
  execFileSync('mkfifo', [join(root, 'pipe', 'evaluation.json')]);

  viewer = await startViewer({ runsFolder: root, port: 0, dataFolder: join(folder, 'no-data') });
});

afterAll(() => viewer?.close());

describe('the catalogue', () => {
  test('has every run by its folder, and corrupt ones with what is wrong', async () => {
    const { runs, live } = await catalogue();
    expect(live).toBe(true);
    const good = runs.filter((run): run is RunOverview => !('error' in run));
    expect(good.map(({ name }) => name).sort()).toEqual(
      [...ODD, 'good', 'linked-file', 'linked-folder', 'pipe', 'study/arm/seed-1'].sort(),
    );
    const corrupt = runs.filter((run): run is CorruptRun => 'error' in run);
    expect(Object.fromEntries(corrupt.map(({ name, error }) => [name, error]))).toEqual({
      torn: expect.stringMatching(/^run\.json: expected JSON/),
      'other-json': expect.stringMatching(/^run\.json: expected an object/),
      'no-manifest': expect.stringMatching(/^run\.json: expected a file/),
      newer: expect.stringMatching(/made by a newer dropout-lab/),
      'linked-manifest': expect.stringMatching(/that is not a link/),
    });
  });

  test("does not name this machine's folders", async () => {
    const { body } = await ask('/runs/catalogue.json');
    expect(body.replaceAll(JSON.stringify(root), '')).not.toContain(join(root, 'good'));
    expect(body).not.toContain('hunter2');
  });

  test('digests have epochs, and of steps only the last', async () => {
    expect(await kindsOf('good')).toEqual(['run-started', 'epoch', 'epoch', 'epoch', 'run-ended']);
  });
});

describe('files', () => {
  test('of a run are served by the names that it has', async () => {
    for (const name of ['good', 'study/arm/seed-1', ...ODD]) {
      const path = `/runs/${name.split('/').map(encodeURIComponent).join('/')}/run.json`;
      const { status, headers, body } = await ask(path);
      expect({ path, status }).toEqual({ path, status: 200 });
      expect(headers['content-type']).toBe('application/json; charset=utf-8');
      expect(JSON.parse(body).id).toBe(name);
      expect(await kindsOf(path.slice('/runs/'.length, -'/run.json'.length))).toContain('run-ended');
    }
  });

  test('of a run that is hidden are served where it is the one that was asked for', async () => {
    const one = await startViewer({ runsFolder: join(root, '.hidden'), port: 0 });
    try {
      const { port } = new URL(one.url);
      const { runs } = JSON.parse((await ask('/runs/catalogue.json', { port })).body) as Catalogue;
      expect(runs.map(({ name }) => name)).toEqual(['.hidden']);
      expect((await ask('/runs/.hidden/run.json', { port })).status).toBe(200);
    } finally {
      await one.close();
    }
  });

  test.each([
    '/../outside/passwords.json',
    '/runs/../../outside/passwords.json',
    '/runs/good/../../outside/passwords.json',
    '/runs/good/../good/run.json',
    '/runs/%2e%2e/outside/passwords.json',
    '/runs/good/%2e%2e/%2e%2e/outside/passwords.json',
    '/runs/..%2foutside%2fpasswords.json',
    '/runs/good%2f..%2f..%2foutside%2fpasswords.json',
    '/runs/%252e%252e/outside/passwords.json',
    '/runs/..%5coutside%5cpasswords.json',
    '/runs/good/run.json%00.png',
    '/runs//good/run.json',
    '/runs/good//run.json',
    '/runs/%ff/run.json',
    '/runs/linked-run/run.json',
    '/runs/linked-file/evaluation.json',
    '/runs/linked-folder/checkpoints/last/model.json',
    '/runs/linked-manifest/run.json',
    '/runs/pipe/evaluation.json',
    '/runs/torn/run.json',
    '/runs/good/run.lock',
    '/runs/good/events.jsonl',
    '/runs/good/checkpoints',
    '/runs/good',
    '/runs/',
    '/runs/__proto__/run.json',
    '/assets/../../node.js',
    '/assets/%2e%2e/index.html',
    '//etc/passwd',
    '/etc/passwd',
    '/data/cifar10/../../outside/passwords.json',
    '/data/cifar10/test_batch.bin',
    'http://elsewhere.example/',
  ])('%s is refused', async (path) => {
    const { status, body } = await ask(path);
    expect([400, 404]).toContain(status);
    expect(body).not.toMatch(/hunter2|schemaVersion|root:/);
  });
});

describe('requests', () => {
  test.each([
    'evil.example',
    'evil.example:4321',
    'localhost.evil.example',
    '127.0.0.1.nip.io',
    '127.evil.example',
    '192.0.2.1:80',
    '[::2]:80',
    '[::1',
    '::1',
    'localhost:80:80',
  ])('for the host %s are refused: a name elsewhere may point here', async (host) => {
    const { status, body } = await ask('/', { host });
    expect(status).toBe(421);
    expect(body).toMatch(
      /^expected a request to localhost, found \S+ as its host; start the viewer with --allow-host \S+ if/,
    );
  });

  test.each([
    'localhost',
    'LOCALHOST:1',
    '127.0.0.1',
    '127.0.0.1:8080',
    '127.9.8.7:65535',
    '[::1]',
    '[::1]:80',
  ])('for the host %s are answered: behind a tunnel or in a container, the port is another', async (host) => {
    expect((await ask('/', { host })).status).toBe(200);
  });

  test('for names that are allowed are answered, too', async () => {
    const allowedHosts = ['lab.example', 'Gateway', '192.0.2.7', '2001:db8::7'];
    const other = await startViewer({ runsFolder: root, port: 0, allowedHosts });
    const { port } = new URL(other.url);
    const statusOf = async (host: string) => (await ask('/', { host, port })).status;
    for (const host of [
      'lab.example:8443',
      'LAB.example',
      'gateway:1',
      '192.0.2.7',
      '[2001:db8::7]:80',
      'localhost',
    ])
      expect([host, await statusOf(host)]).toEqual([host, 200]);
    for (const host of ['www.lab.example', 'lab.example.evil', '192.0.2.8'])
      expect([host, await statusOf(host)]).toEqual([host, 421]);
    const { body } = await ask('/', { host: 'www.lab.example', port });
    expect(body).toContain('or lab.example or Gateway');
    expect(body).toContain('--allow-host www.lab.example');
    await other.close();
  });

  test.each([
    'http://lab.example',
    'lab.example:80',
    'lab.example/runs',
    '*',
    '*.example',
    '',
    'a b',
    '[::1]',
  ])('for %j could not be allowed: it is no name', async (name) => {
    const starting = startViewer({ runsFolder: root, port: 0, allowedHosts: [name] });
    await expect(starting).rejects.toThrow(ViewerError);
    await expect(starting).rejects.toThrow(/expected a name or an address alone/);
  });

  const own = 'http://localhost:8080';
  const link = { 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' };
  test.each<[number, Record<string, string>]>([
    [200, {}],
    [200, { 'Sec-Fetch-Site': 'none', ...link }],
    [200, { 'Sec-Fetch-Site': 'same-origin' }],
    [200, { Origin: own, 'Sec-Fetch-Site': 'same-origin' }],
    [200, { 'Sec-Fetch-Site': 'cross-site', ...link }],
    [403, { 'Sec-Fetch-Site': 'cross-site' }],
    [403, { 'Sec-Fetch-Site': 'same-site' }],
    [403, { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'image' }],
    [403, { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'iframe' }],
    [403, { Origin: 'http://evil.example' }],
    [403, { Origin: 'http://localhost:3000' }],
    [403, { Origin: 'null' }],
    [403, { Origin: 'http://evil.example', 'Sec-Fetch-Site': 'cross-site', ...link }],
  ])('are answered with %i when they have the headers %j', async (status, headers) => {
    for (const path of ['/', '/runs/catalogue.json', '/runs/good/run.json']) {
      const answer = await ask(path, { host: 'localhost:8080', headers });
      expect([path, answer.status]).toEqual([path, status]);
      if (status === 403)
        expect(answer.body).toMatch(/^expected a request of the viewer's own pages, found one of/);
    }
  });

  test('only read', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const { status, headers } = await ask('/', { method });
      expect({ status, allow: headers['allow'] }).toEqual({ status: 405, allow: 'GET, HEAD' });
    }
    expect(await ask('/', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  });

  test('are answered with a strict policy, whatever the answer', async () => {
    for (const path of ['/', '/runs/catalogue.json', '/nothing']) {
      const { headers } = await ask(path);
      const policy = headers['content-security-policy'] as string;
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'|\*/);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(headers['cross-origin-opener-policy']).toBe('same-origin');
      expect(headers['cross-origin-embedder-policy']).toBe('require-corp');
      expect(headers['cross-origin-resource-policy']).toBe('same-origin');
      expect(headers['access-control-allow-origin']).toBeUndefined();
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
  });

  test('for pages may be answered from memory: assets always, the rest until it changes, runs never', async () => {
    const index = await ask('/');
    expect(index.headers['cache-control']).toBe('no-cache');
    expect(index.headers['content-type']).toMatch(/^text\/html; ?charset=utf-8$/);
    const known = await ask('/', { headers: { 'If-None-Match': index.headers['etag'] as string } });
    expect(known).toMatchObject({ status: 304, body: '' });
    const [asset] = /assets\/index-[^"]+\.js/.exec(index.body)!;
    const { headers } = await ask(`/${asset}`);
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(headers['content-type']).toMatch(/^text\/javascript/);
    expect((await ask('/runs/catalogue.json')).headers['cache-control']).toBe('no-store');
  });

  test('reach it on loopback only', () => {
    expect(new URL(viewer.url).hostname).toBe('127.0.0.1');
  });
});

describe('live', () => {
  /** Reads messages until one is what was waited for. */
  const messagesUntil = async (
    isLast: (message: { kind: string }) => boolean,
    meanwhile: () => Promise<void>,
  ) => {
    const response = await fetch(`${viewer.url}live`);
    const messages: { kind: string }[] = [];
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop()!;
      for (const block of blocks.filter((block) => block.startsWith('data: '))) {
        const message = JSON.parse(block.slice(6));
        messages.push(message);
        if (messages.length === 1) void meanwhile();
        if (isLast(message)) return messages;
      }
    }
    return messages;
  };

  test('sends a new run, its events and its end', async () => {
    const messages = await messagesUntil(
      ({ kind }) => kind === 'gone',
      async () => {
        const run = await createRun(root, 'growing');
        run.append(started);
        run.append(stepEvent(1, 1));
        // Until the viewer has seen the new run, all is part of its first digest.
        await expect
          .poll(async () => (await catalogue()).runs.some(({ name }) => name === 'growing'))
          .toBe(true);
        run.append(epochEvent(1));
        run.append(stepEvent(2, 1));
        await expect.poll(() => kindsOf('growing')).toEqual(['run-started', 'epoch', 'step']);
        await run.close();
        await rm(join(root, 'growing'), { recursive: true });
      },
    );
    expect(messages[0]!.kind).toBe('catalogue');
    const about = messages.slice(1) as {
      kind: string;
      run?: RunOverview;
      name?: string;
      events?: { kind: string }[];
    }[];
    // At the first look it may not have begun.
    expect(about[0]).toMatchObject({ kind: 'run', run: { name: 'growing' } });
    expect(['waiting', 'running']).toContain(about[0]!.run!.status);
    const kinds = about.flatMap(({ events = [] }) => events.map(({ kind }) => kind));
    expect(kinds).toEqual(expect.arrayContaining(['epoch', 'step']));
    expect(about.at(-1)).toEqual({ kind: 'gone', name: 'growing' });
  });

  test('half a line is not an event yet', async () => {
    const run = await createRun(root, 'half');
    run.append(started);
    const log = join(root, 'half', 'events.jsonl');
    const line = `${JSON.stringify(epochEvent(1))}\n`;
    await writeFile(log, line.slice(0, 40), { flag: 'a' });
    expect(await kindsOf('half')).toEqual(['run-started']);
    await writeFile(log, line.slice(40), { flag: 'a' });
    expect(await kindsOf('half')).toEqual(['run-started', 'epoch']);
    await writeFile(
      log,
      `nonsense\n{"kind":"unknown"}\n${'x'.repeat(100_000)}\n${JSON.stringify(epochEvent(2))}\n`,
      {
        flag: 'a',
      },
    );
    expect(await kindsOf('half')).toEqual(['run-started', 'epoch', 'epoch']);
    await run.close();
    await rm(join(root, 'half'), { recursive: true });
  });
});

describe('starting', () => {
  test('a taken port is an error in a sentence', async () => {
    const port = Number(new URL(viewer.url).port);
    await expect(startViewer({ runsFolder: root, port })).rejects.toThrow(ViewerError);
    await expect(startViewer({ runsFolder: root, port })).rejects.toThrow(/another program listens on it/);
    await expect(startViewer({ runsFolder: root, host: '192.0.2.1', port: 0 })).rejects.toThrow(
      /address of this machine/,
    );
  });

  test('a folder that does not exist yet has no runs', async () => {
    const empty = await startViewer({ runsFolder: join(root, 'nowhere'), port: 0 });
    const response = await fetch(`${empty.url}runs/catalogue.json`);
    expect(await response.json()).toMatchObject({ live: true, runs: [] });
    await empty.close();
  });

  test('the folder of one run shows that run', async () => {
    const one = await startViewer({ runsFolder: join(root, 'good'), port: 0 });
    const { runs } = (await (await fetch(`${one.url}runs/catalogue.json`)).json()) as Catalogue;
    expect(runs.map(({ name }) => name)).toEqual(['good']);
    await one.close();
  });
});
