import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { callCli, runCli } from '../command/testing.ts';
import { sample, train } from '../index.ts';

let folder: string;
/** 40 pictures, more than are read at once, in three folders, with other things among them. */
const names = [
  ...['"a", b.png', '-minus.png', 'A.JPG'],
  ...Array.from({ length: 36 }, (_, i) => `more/deep/${String(i).padStart(2, '0')}.webp`),
  'more/x.gif',
];

beforeAll(async () => {
  folder = temporaryFolder();
  const model = await train({
    data: await sample(),
    backend: 'wasm',
    epochs: 1,
    batchSize: 25,
    seed: 7,
    model: { filters: [4], units: [8] },
  });
  await model.save(join(folder, 'run'));
  model.dispose();
  await mkdir(join(folder, 'pictures/more/deep'), { recursive: true });
  await mkdir(join(folder, 'pictures/.hidden'));
  await Promise.all(
    [...names, '.hidden/a.png'].map((name, i) =>
      sharp({
        create: { width: 40, height: 30, channels: 3, background: { r: 6 * i, g: 40, b: 200 - 5 * i } },
      })
        .toFormat(name.endsWith('JPG') ? 'jpeg' : (name.split('.').at(-1) as 'png'))
        .toFile(join(folder, 'pictures', name)),
    ),
  );
  await writeFile(join(folder, 'pictures/notes.txt'), 'no picture');
  await writeFile(join(folder, 'bad.png'), 'no picture');
  await mkdir(join(folder, 'none'));
  if (process.platform !== 'win32') await symlink(join(folder, 'bad.png'), join(folder, 'pictures/link.png'));
}, 60_000);

const predict = (...args: string[]) => callCli(['predict', 'run', ...args], { cwd: folder });

/** The fields of rows of CSV, with quotes as RFC 4180 has them. */
const fieldsOf = (csv: string): string[][] =>
  csv
    .split('\r\n')
    .map((line) =>
      [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)]
        .slice(0, -1)
        .map(([, field]) => field!.replace(/^"|"$/g, '').replaceAll('""', '"')),
    );

test('a folder stands for its pictures and those of the folders in it, in the order of their names', async () => {
  const { code, stdout } = await predict('pictures', '--json');
  expect(code).toBe(0);
  const files = stdout.split('\n').map((line) => JSON.parse(line).file);
  expect(files).toEqual(names.map((name) => join('pictures', name)));
});

test('as a table: three classes, or as many as are asked for, in a row of quoted fields', async () => {
  const { code, stdout } = await predict('pictures', '--csv');
  expect(code).toBe(0);
  const [head, ...rows] = fieldsOf(stdout.replace(/\r?\n?$/, ''));
  expect(head).toEqual([
    'file',
    'label',
    'probability',
    'label_2',
    'probability_2',
    'label_3',
    'probability_3',
  ]);
  expect(rows.map(([file]) => file)).toEqual(names.map((name) => join('pictures', name)));
  const { stdout: json } = await predict('pictures', '--json');
  const expected = json.split('\n').map((line) => {
    const { file, classes } = JSON.parse(line);
    return [file, ...classes.flatMap((one: object) => Object.values(one).map(String))];
  });
  expect(rows).toEqual(expected);
  const one = await predict('pictures/A.JPG', '--csv', '--top', '1');
  expect(one.stdout.split('\r\n')[0]).toBe('file,label,probability');
});

test('as a table of all classes, a column for each', async () => {
  const { stdout } = await predict('pictures/A.JPG', '--csv', '--top', 'all');
  const [head, row] = fieldsOf(stdout) as [string[], string[]];
  expect(head.slice(0, 4)).toEqual(['file', 'label', 'probability', 'airplane']);
  expect(row).toHaveLength(13);
  expect(Number(row[2])).toBe(Number(row[head.indexOf(row[1]!, 3)]));
  expect(row.slice(3).reduce((sum, value) => sum + Number(value), 0)).toBeCloseTo(1, 6);
  const { stdout: text } = await predict('pictures/A.JPG', '--top', '2');
  expect(text).toMatch(/^pictures.A\.JPG: \w+ 0\.\d{4}, \w+ 0\.\d{4}$/);
});

test('a name that a spreadsheet would take for a formula is none', async () => {
  await sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } })
    .png()
    .toFile(join(folder, '=1+1.png'));
  const { stdout } = await predict('=1+1.png', '--csv', '--top', '1');
  expect(stdout.split('\r\n')[1]).toMatch(/^'=1\+1\.png,/);
});

describe('exit codes', () => {
  test.each([
    ['every picture is read', ['pictures/A.JPG', 'pictures/more'], 0, 38, []],
    ['one of three is not', ['pictures/A.JPG', 'bad.png', 'pictures/more/x.gif'], 1, 2, ['bad.png']],
    ['a folder has none', ['none', 'pictures/A.JPG'], 1, 1, ['none']],
    ['none is read', ['bad.png', 'nowhere.png', 'none'], 2, 0, ['none', 'bad.png', 'nowhere.png']],
  ] as const)('when %s', async (_, places, expected, count, refused) => {
    const { code, stdout, stderr } = await predict(...places, '--json');
    expect(code).toBe(expected);
    expect(stdout.split('\n').filter((line) => line !== '')).toHaveLength(count);
    const named = stderr.split('\n').filter((line) => line !== '');
    expect(named.map((line) => /^dropout-lab: (\S+): expected/.exec(line)?.[1])).toEqual([...refused]);
  });
});

test('a bad file among three does not silence the others: a row of each, and the exit code says that one failed', async () => {
  const { code, stdout, stderr } = await runCli(
    ['predict', 'run', 'pictures/A.JPG', 'bad.png', 'pictures/more/x.gif', '--csv', '--top', '1'],
    { cwd: folder },
  );
  const rows = fieldsOf(stdout.replaceAll('\r', '').replaceAll('\n', '\r\n'));
  expect(rows).toEqual([
    ['file', 'label', 'probability'],
    ['pictures/A.JPG', expect.any(String), expect.stringMatching(/^0\.\d+$/)],
    ['pictures/more/x.gif', expect.any(String), expect.stringMatching(/^0\.\d+$/)],
  ]);
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^dropout-lab: bad\.png: expected .*\n$/)]);
});

test('a reader that closes the pipe early ends the command without a message', async () => {
  const { stderr } = await runCli(['predict', 'run', 'pictures', '--csv'], {
    cwd: folder,
    closeStdout: true,
  });
  expect(stderr).toBe('');
});

test('a table and JSON at once are refused', async () => {
  const { code, stderr } = await predict('pictures', '--csv', '--json');
  expect([code, stderr.split('\n')[0]]).toEqual([
    2,
    "error: option '--csv' cannot be used with option '--json'",
  ]);
});
