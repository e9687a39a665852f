import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { sha256Sync } from '@dropout-lab/files';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import type { CifarDescriptor } from '../datasets.ts';
import { fetchCifar, loadCifar } from '../load-cifar.ts';
import { serve } from '../testing/serve.ts';
import { tarGz, tinyDataset } from '../testing/tiny-dataset.ts';

const { dataset, files, archive } = await tinyDataset();
const half = Math.floor(archive.length / 2);

const at = (url: string, descriptor: CifarDescriptor = dataset): CifarDescriptor => ({
  ...descriptor,
  archive: { ...descriptor.archive, url },
});

const rangeOf = ({ headers }: IncomingMessage): number =>
  Number(headers.range?.match(/^bytes=(\d+)-$/)?.[1] ?? 0);

/** Answers a range as servers do. */
const answer = (request: IncomingMessage, response: ServerResponse, body: Uint8Array = archive): void => {
  const from = rangeOf(request);
  if (from >= body.length) {
    response.writeHead(416, { 'content-range': `bytes */${body.length}` }).end();
  } else if (from > 0) {
    response
      .writeHead(206, {
        'content-range': `bytes ${from}-${body.length - 1}/${body.length}`,
        'content-length': body.length - from,
      })
      .end(body.subarray(from));
  } else {
    response.writeHead(200, { 'content-length': body.length }).end(body);
  }
};

/** Sends the first half and nothing more. */
const sendHalf = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-length': archive.length });
  response.write(archive.subarray(0, half));
};

/** Sends half of the archive and breaks off once it has arrived, then answers as `then` does. */
const serveBroken = async (then: (request: IncomingMessage, response: ServerResponse) => void) => {
  const ranges: number[] = [];
  let first: ServerResponse | undefined;
  const url = await serve((request, response) => {
    ranges.push(rangeOf(request));
    if (first) return then(request, response);
    first = response;
    sendHalf(response);
  });
  const onProgress = ({ done }: { readonly done: number }) => {
    if (done === half) first?.socket?.destroy();
  };
  return { url, ranges, onProgress };
};

const expectComplete = async (root: string): Promise<void> => {
  const folder = join(root, dataset.directory);
  for (const [name, bytes] of files)
    expect(new Uint8Array(await readFile(join(folder, name)))).toEqual(bytes);
  expect((await readdir(folder)).toSorted()).toEqual([...files.keys()].toSorted());
};

const partialPath = (root: string) => join(root, dataset.directory, `${dataset.archive.fileName}.partial`);

describe('the archive', () => {
  test('is downloaded, verified, unpacked and removed', async () => {
    const cacheDirectory = temporaryFolder();
    const url = await serve(answer);
    const progress: string[] = [];
    const { source } = await fetchCifar(at(url), {
      cacheDirectory,
      onProgress: ({ stage, done, total, unit }) => {
        if (done === total) progress.push(`${stage} ${done} ${unit}`);
      },
    });
    expect(source).toBe('archive');
    expect(progress).toEqual([`download ${archive.length} bytes`, 'unpack 3 files']);
    await expectComplete(cacheDirectory);
  });

  test('continues with a range when the connection breaks', async () => {
    const cacheDirectory = temporaryFolder();
    const { url, ranges, onProgress } = await serveBroken(answer);
    const notices: string[] = [];
    await fetchCifar(at(url), { cacheDirectory, onProgress, onNotice: (line) => notices.push(line) });
    expect(ranges).toEqual([0, half]);
    expect(notices).toEqual([expect.stringContaining(`continuing from byte ${half}`)]);
    await expectComplete(cacheDirectory);
  });

  test.each<[string, (request: IncomingMessage, response: ServerResponse) => void, number[]]>([
    [
      'ignores the range',
      (_, response) => response.writeHead(200, { 'content-length': archive.length }).end(archive),
      [0, half],
    ],
    [
      'refuses the range',
      (request, response) =>
        rangeOf(request) > 0 ? response.writeHead(416).end() : answer(request, response),
      [0, half, 0],
    ],
  ])('starts over where a server %s', async (_, then, requests) => {
    const cacheDirectory = temporaryFolder();
    const { url, ranges, onProgress } = await serveBroken(then);
    await fetchCifar(at(url), { cacheDirectory, onProgress });
    expect(ranges).toEqual(requests);
    await expectComplete(cacheDirectory);
  });

  test('goes on, in another process, with what a stopped one left', async () => {
    const cacheDirectory = temporaryFolder();
    const stop = new AbortController();
    const url = await serve((request, response) => {
      if (rangeOf(request) > 0) return answer(request, response);
      sendHalf(response);
    });
    const stopped = fetchCifar(at(url), {
      cacheDirectory,
      signal: stop.signal,
      onProgress: ({ done }) => {
        if (done === half) stop.abort();
      },
    });
    await expect(stopped).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect((await readFile(partialPath(cacheDirectory))).length).toBe(half);

    await fetchCifar(at(url), { cacheDirectory });
    await expectComplete(cacheDirectory);
  });

  test('starts over when a resumed download turns out to be another file', async () => {
    const cacheDirectory = temporaryFolder();
    const url = await serve(answer);
    const notices: string[] = [];
    await mkdir(join(cacheDirectory, dataset.directory));
    await writeFile(partialPath(cacheDirectory), new Uint8Array(half));

    await fetchCifar(at(url), { cacheDirectory, onNotice: (line) => notices.push(line) });
    expect(notices).toEqual([expect.stringContaining('starting over')]);
    await expectComplete(cacheDirectory);
  });

  test('uses a partial that is complete without asking anyone, and drops one that is too long', async () => {
    for (const partial of [archive, new Uint8Array(archive.length + 1)]) {
      const cacheDirectory = temporaryFolder();
      let requests = 0;
      const url = await serve((request, response) => {
        requests++;
        answer(request, response);
      });
      await mkdir(join(cacheDirectory, dataset.directory));
      await writeFile(partialPath(cacheDirectory), partial);
      await fetchCifar(at(url), { cacheDirectory });
      expect(requests).toBe(partial === archive ? 0 : 1);
      await expectComplete(cacheDirectory);
    }
  });

  test('comes from the first mirror that has it', async () => {
    const cacheDirectory = temporaryFolder();
    const gone = await serve((_, response) => response.writeHead(503).end());
    const mirror = await serve(answer);
    await fetchCifar(dataset, { cacheDirectory, mirrors: [gone, mirror] });
    await expectComplete(cacheDirectory);
  });

  test('without file digests records those of the verified archive, and verifies the cache by them', async () => {
    const blind = await tinyDataset(false);
    const cacheDirectory = temporaryFolder();
    const url = await serve(answer);
    await fetchCifar(at(url, blind.dataset), { cacheDirectory });
    const path = join(cacheDirectory, dataset.directory, 'test.bin');
    const altered = await readFile(path);
    altered[50]! ^= 1;
    await writeFile(path, altered);

    const notices: string[] = [];
    const data = await loadCifar(at(url, blind.dataset), {
      cacheDirectory,
      onNotice: (l) => notices.push(l),
    });
    expect(notices).toEqual([expect.stringMatching(/test\.bin: expected SHA-256 .* set aside as/)]);
    expect(data.sha256).toEqual(Object.fromEntries(dataset.files.map(({ name, sha256 }) => [name, sha256])));
  });
});

describe('what is no archive', () => {
  const page = '<!doctype html><title>Welcome to the airport</title>';

  test.each<[string, (request: IncomingMessage, response: ServerResponse) => void, string]>([
    [
      'a web page',
      (_, response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page),
      'text/html; charset=utf-8 that begins with "<!doctype html><title>Welcome to the airport</title>"',
    ],
    [
      'a web page that calls itself a file',
      (_, response) => response.writeHead(200, { 'transfer-encoding': 'chunked' }).end(page),
      'no content type that begins with "<!doctype html>',
    ],
    [
      'a file of bytes that are no archive',
      (_, response) => response.writeHead(200).end(Buffer.alloc(archive.length)),
      'no content type that begins with the bytes 00 00 00 00 00 00 00 00',
    ],
    [
      'a file of another length',
      (_, response) => response.writeHead(200, { 'content-length': half }).end(archive.subarray(0, half)),
      `found ${half} bytes`,
    ],
    [
      'an archive of the right length with another digest',
      (request, response) =>
        answer(
          request,
          response,
          archive.map((byte, i) => (i === 500 ? byte ^ 1 : byte)),
        ),
      'found SHA-256 ',
    ],
    ['an error', (_, response) => response.writeHead(403).end('no'), 'HTTP 403 Forbidden'],
  ])('%s is refused in words', async (_, listener, found) => {
    const cacheDirectory = temporaryFolder();
    const url = await serve(listener);
    const notices: string[] = [];
    const failed = fetchCifar(at(url), { cacheDirectory, onNotice: (line) => notices.push(line) });
    await expect(failed).rejects.toMatchObject({
      name: 'CifarUnavailableError',
      failures: [{ source: 'archive', reason: expect.stringContaining(found) }],
    });
    expect(notices).toEqual([expect.stringContaining(found)]);
    expect(await readdir(join(cacheDirectory, dataset.directory))).toEqual([]);
  });

  test('an archive that lacks a file, or contains an altered one', async () => {
    const names = [...files.keys()];
    const lacking = await tarGz([...files].slice(0, 2));
    const altered = await tarGz(
      [...files].map(([name, bytes]) => [name, name === 'test.bin' ? bytes.toReversed() : bytes] as const),
    );
    for (const [body, reason] of [
      [lacking, 'it lacks test.bin'],
      [altered, 'test.bin: expected'],
    ] as const) {
      const cacheDirectory = temporaryFolder();
      const url = await serve((request, response) => answer(request, response, body));
      const archive = { ...dataset.archive, url, bytes: body.length, sha256: sha256Sync(body) };
      const descriptor = { ...dataset, archive };
      await expect(fetchCifar(descriptor, { cacheDirectory })).rejects.toMatchObject({
        failures: [{ reason: expect.stringContaining(reason) }],
      });
      // The good files stay: the next source has only the rest to give.
      expect(await readdir(join(cacheDirectory, dataset.directory))).toEqual(
        expect.arrayContaining(names.slice(0, 2)),
      );
    }
  });
});
