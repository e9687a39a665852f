import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { fetchCifar } from '../load-cifar.ts';
import { serve } from '../testing/serve.ts';
import { tinyDataset } from '../testing/tiny-dataset.ts';
import { download } from './download.ts';
import type { Patience } from './request.ts';

const tiny = await tinyDataset();
const { dataset } = tiny;
const archive = Uint8Array.from(tiny.archive);
const { bytes, fileName } = dataset.archive;
const had = Math.floor(bytes * 0.9);
const partial = archive.subarray(0, had);
const patience: Patience = { stallMs: 200, stallBytes: 1024, pausesMs: [0, 1, 2, 3] };
const altered = archive.map((byte, i) => (i === bytes - 20 ? byte ^ 1 : byte));

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

const rangeOf = ({ headers }: IncomingMessage): number =>
  Number(headers.range?.match(/^bytes=(\d+)-$/)?.[1] ?? 0);

const startAnswer = (request: IncomingMessage, response: ServerResponse): number => {
  const from = rangeOf(request);
  const length = { 'content-length': bytes - from };
  if (from === 0) response.writeHead(200, length);
  else response.writeHead(206, { ...length, 'content-range': `bytes ${from}-${bytes - 1}/${bytes}` });
  return from;
};

const answerWith =
  (content: Uint8Array): Listener =>
  (request, response) =>
    void response.end(content.subarray(startAnswer(request, response)));

const breakOff = (response: ServerResponse, sent: Uint8Array): void => {
  response.write(sent, () => response.socket?.destroy());
};

const tryIt = async (listener: Listener, start: Uint8Array | null = partial) => {
  let requests = 0;
  const url = await serve((request, response) => {
    requests++;
    listener(request, response);
  });
  const path = join(temporaryFolder(), fileName);
  if (start) await writeFile(path, start);
  const notices: string[] = [];
  const result = await download(dataset.archive, url, path, {
    connection: { fetch, proxyOf: () => undefined },
    patience,
    signal: undefined,
    onBytes: () => {},
    onNotice: (line) => notices.push(line),
  }).then(
    () => 'complete',
    (error: Error) => `${error.name}: ${error.message}`,
  );
  const left = await readFile(path).catch(() => new Uint8Array());
  return { result, requests, notices: notices.join('\n'), left: new Uint8Array(left) };
};

test.each<[string, Listener, string | RegExp]>([
  ['sends what is missing', answerWith(archive), 'complete'],
  [
    'ignores the range',
    (_, response) => response.writeHead(200, { 'content-length': bytes }).end(archive),
    'complete',
  ],
  [
    'ignores the range, and breaks off before what is there',
    (_, response) => {
      response.writeHead(200, { 'content-length': bytes });
      breakOff(response, archive.subarray(0, 100));
    },
    /^CifarDownloadError: .* after 4 tries that brought little, then: /,
  ],
  [
    'refuses the range, and breaks off',
    (request, response) => {
      if (rangeOf(request) > 0) return void response.writeHead(416).end();
      response.writeHead(200, { 'content-length': bytes });
      breakOff(response, archive.subarray(0, 100));
    },
    /^CifarDownloadError: .* after 4 tries/,
  ],
  [
    'breaks every connection after a byte',
    (request, response) => {
      const from = startAnswer(request, response);
      breakOff(response, archive.subarray(from, from + 1));
    },
    /^CifarDownloadError: .* after 4 tries/,
  ],
  [
    'sends a few bytes and ends as if that were all',
    (request, response) => {
      const from = rangeOf(request);
      response.writeHead(206, { 'content-range': `bytes ${from}-${bytes - 1}/${bytes}` });
      response.end(archive.subarray(from, from + 1));
    },
    /^CifarDownloadError: .* then: the answer ended early/,
  ],
  ['never answers', () => {}, /then: fewer than 1024 bytes came in 0\.2 seconds$/],
  [
    'answers, and sends nothing',
    (request, response) => {
      startAnswer(request, response);
      response.flushHeaders();
    },
    /then: fewer than 1024 bytes came in 0\.2 seconds$/,
  ],
  [
    'sends a byte at a time, without end',
    (request, response) => {
      startAnswer(request, response);
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    },
    /^CifarDownloadError: /,
  ],
  [
    'sends more than the archive has, without a length',
    (_, response) => {
      response.writeHead(200);
      response.end(Buffer.concat([archive, archive]));
    },
    /more than that$/,
  ],
  ['sends another end, and another file', answerWith(altered), /found SHA-256 /],
  [
    'sends another end, but the whole as it must be',
    (request, response) => answerWith(rangeOf(request) > 0 ? altered : archive)(request, response),
    'complete',
  ],
  [
    'sends a part without its place',
    (request, response) => response.writeHead(206).end(archive.subarray(rangeOf(request))),
    /found a part without its place \(content-range\)$/,
  ],
  [
    'sends a web page as the rest',
    (request, response) => {
      const from = rangeOf(request);
      response.writeHead(206, { 'content-range': `bytes ${from}-${bytes - 1}/${bytes}` });
      response.end('<html>Log in');
    },
    /that begins with "<html>Log in"$/,
  ],
  [
    'takes the archive for an encoded one',
    (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(archive),
    /no content type, sent as content-encoding gzip, that begins with the bytes/,
  ],
  [
    'wants a password for a proxy',
    (_, response) => response.writeHead(407).end(),
    /the proxy wants a user and a password \(HTTP 407\): write them into its address/,
  ],
  ['has a web page instead', (_, response) => response.end('<!doctype html>'), /begins with/],
  ['has nothing', (_, response) => response.writeHead(503).end(), /HTTP 503/],
])('a server that %s leaves what was there, or the archive', async (_, listener, expected) => {
  const { result, requests, left } = await tryIt(listener);
  expect(result).toMatch(expected);
  expect(requests).toBeLessThanOrEqual(8);
  expect(left.length).toBeGreaterThanOrEqual(had);
  if (result === 'complete') expect(left).toEqual(archive);
  // What a server sends that is not the archive's is nobody's gain.
  if (!/after 4 tries|seconds$/.test(result)) expect(left.length === had || left.length === bytes).toBe(true);
  expect(left.subarray(0, had)).toEqual(partial);
});

test.each<[string, Listener]>([
  ['never answers', () => {}],
  [
    'breaks every connection after a byte',
    (request, response) => {
      const from = startAnswer(request, response);
      breakOff(response, archive.subarray(from, from + 1));
    },
  ],
])('with nothing to continue, a server that %s is left after a few tries', async (_, listener) => {
  const { result, requests } = await tryIt(listener, null);
  expect(result).toMatch(/^CifarDownloadError: /);
  expect(requests).toBeLessThanOrEqual(5);
});

test('many broken connections are no reason to stop when each brings the archive nearer', async () => {
  const piece = Math.ceil(bytes / 30);
  const { result, requests, left } = await tryIt((request, response) => {
    const from = startAnswer(request, response);
    if (from + piece >= bytes) response.end(archive.subarray(from));
    else breakOff(response, archive.subarray(from, from + piece));
  }, null);
  expect({ result, requests }).toEqual({ result: 'complete', requests: 30 });
  expect(left).toEqual(archive);
});

test('a connection whose answer is of no use is closed', async () => {
  let closed: Promise<unknown> | undefined;
  const { result } = await tryIt((request, response) => {
    if (rangeOf(request) === 0) return answerWith(archive)(request, response);
    closed = once(response, 'close');
    response.writeHead(416, { 'content-length': 100 }).flushHeaders();
  });
  expect(result).toBe('complete');
  await closed;
});

test('a partial that is longer than the archive is the archive, where it begins with it', async () => {
  const { result, requests } = await tryIt(answerWith(archive), Uint8Array.from([...archive, 1, 2]));
  expect({ result, requests }).toEqual({ result: 'complete', requests: 0 });
});

test('skipping what is there already is said', async () => {
  const { notices } = await tryIt((_, response) => response.end(archive));
  expect(notices).toMatch(new RegExp(`sends the file from its beginning; skipping ${had} bytes$`));
});

test('a longer download of another fetch is not replaced by a shorter one', async () => {
  const cacheDirectory = temporaryFolder();
  const folder = join(cacheDirectory, dataset.directory);
  const kept = join(folder, `${fileName}.partial`);
  await mkdir(folder);
  // Another fetch keeps its own while this one is under way, and this one breaks off with less.
  const url = await serve((request, response) => {
    if (rangeOf(request) > 0) return void response.writeHead(503).end();
    void writeFile(kept, partial).then(() => {
      response.writeHead(200, { 'content-length': bytes });
      breakOff(response, archive.subarray(0, 200));
    });
  });
  await expect(fetchCifar(dataset, { cacheDirectory, mirrors: [url] })).rejects.toThrow('Run it again');
  expect(new Uint8Array(await readFile(kept))).toEqual(partial);
});

test.skipIf(process.platform === 'win32').each<[string, (path: string) => unknown]>([
  ['a folder', (path) => mkdir(path)],
  ['a named pipe', (path) => spawnSync('mkfifo', [path])],
  ['a link to another file', (path) => symlink(join(path, '..', 'other'), path)],
  ['a link to itself', (path) => symlink(path, path)],
])(
  '%s in the place of a partial or of a file of the data set is set aside, twice too',
  async (what, make) => {
    const cacheDirectory = temporaryFolder();
    const folder = join(cacheDirectory, dataset.directory);
    await mkdir(folder);
    await writeFile(join(folder, 'other'), 'of somebody else');
    const url = await serve(answerWith(archive));
    const file = join(folder, dataset.files[0]!.name);
    for (let time = 1; time <= 2; time++) {
      await rm(file, { force: true });
      await make(join(folder, `${fileName}.partial`));
      await make(file);
      const { source } = await fetchCifar(dataset, { cacheDirectory, mirrors: [url], sources: ['archive'] });
      expect(source).toBe('archive');
      const names = await readdir(folder);
      expect(names.filter((name) => name.includes('.partial.bad-'))).toHaveLength(time);
      expect(names.filter((name) => name.startsWith(`${dataset.files[0]!.name}.bad-`)))
        // The same content has the same name.
        .toHaveLength(what === 'a link to another file' ? 1 : time);
    }
    expect(await readFile(join(folder, 'other'), 'utf8')).toBe('of somebody else');
  },
);

test('a longer download is not replaced by that of a killed process', async () => {
  const cacheDirectory = temporaryFolder();
  const folder = join(cacheDirectory, dataset.directory);
  const abandoned = join(folder, `tmp-${hostname().replaceAll(/[^\w.]/g, '_')}-999999999-abc123`);
  await mkdir(abandoned, { recursive: true });
  await writeFile(join(folder, `${fileName}.partial`), partial);
  await writeFile(join(abandoned, fileName), archive.subarray(0, 10));
  const ranges: number[] = [];
  const url = await serve((request, response) => {
    ranges.push(rangeOf(request));
    answerWith(archive)(request, response);
  });
  await fetchCifar(dataset, { cacheDirectory, mirrors: [url] });
  expect(ranges).toEqual([had]);
});

test('an archive that was put into the folder by hand is used, and stays; another file is left alone', async () => {
  for (const [content, requests] of [
    [archive, 0],
    [altered, 1],
    [partial, 1],
  ] as const) {
    const cacheDirectory = temporaryFolder();
    const folder = join(cacheDirectory, dataset.directory);
    await mkdir(folder);
    await writeFile(join(folder, fileName), content);
    let asked = 0;
    const notices: string[] = [];
    const url = await serve((request, response) => {
      asked++;
      answerWith(archive)(request, response);
    });
    await fetchCifar(dataset, { cacheDirectory, mirrors: [url], onNotice: (line) => notices.push(line) });
    expect(asked).toBe(requests);
    expect(notices.join()).toMatch(requests === 0 ? /^$/ : /expected .*, found .*; it is left alone$/);
    expect(await readdir(folder)).toContain(fileName);
    expect(new Uint8Array(await readFile(join(folder, fileName)))).toEqual(content);
  }
});
