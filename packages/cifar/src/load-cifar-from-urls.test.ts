import { expect, test } from 'vitest';
import { loadCifarFromUrls } from './load-cifar-from-urls.ts';
import { serve } from './testing/serve.ts';
import { tinyDataset } from './testing/tiny-dataset.ts';

const { dataset, files } = await tinyDataset();

/** Serves the files, but `replaced` ones with other bytes. */
const serveFiles = (replaced: Readonly<Record<string, Uint8Array | string>> = {}) =>
  serve(({ url = '' }, response) => {
    const name = url.slice(url.lastIndexOf('/') + 1);
    const body = replaced[name] ?? files.get(name);
    response.writeHead(body === undefined ? 404 : 200).end(body);
  });

test('loads and verifies each file', async () => {
  const progress: number[] = [];
  const data = await loadCifarFromUrls(dataset, {
    baseUrl: `${await serveFiles()}/cifar`,
    onProgress: ({ done }) => progress.push(done),
  });
  expect([data.train.labels.length, data.test.labels.length, data.source]).toEqual([12, 4, 'url']);
  expect(data.sha256).toEqual(Object.fromEntries(dataset.files.map(({ name, sha256 }) => [name, sha256])));
  expect(progress).toEqual([1, 2, 3]);
});

test.each([
  ['a web page', '<html>log in</html>', 'html'],
  ['a truncated file', files.get('test.bin')!.subarray(0, 5000), 'wrong-length'],
  ['an altered file', files.get('test.bin')!.map((byte, i) => (i === 99 ? byte ^ 1 : byte)), 'altered'],
])('refuses %s by its address', async (_, body, fault) => {
  const baseUrl = await serveFiles({ 'test.bin': body });
  await expect(loadCifarFromUrls(dataset, { baseUrl })).rejects.toMatchObject({
    name: 'CifarFormatError',
    file: `${baseUrl}/test.bin`,
    fault,
  });
});

test('names the address of a file that is not served', async () => {
  const url = await serve((_, response) => response.writeHead(404).end());
  await expect(loadCifarFromUrls(dataset, { baseUrl: url })).rejects.toMatchObject({
    name: 'CifarDownloadError',
    url: `${url}/train_1.bin`,
    found: 'HTTP 404 Not Found',
  });
});
