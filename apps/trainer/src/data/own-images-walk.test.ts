import { readdirSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGenerator, fold, randomKey } from '@dropout-lab/random';
import sharp, { type Sharp } from 'sharp';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { callCli, runCli } from '../command/testing.ts';
import { loadClassifier } from '../index.ts';

/** Scenes of five classes, drawn: a shape of the class, of a random place, size and colour, on a ground of another. */
const shapes: Readonly<Record<string, (x: number, y: number, r: number) => string>> = {
  boat: (x, y, r) =>
    `<path d="M${x - r} ${y}h${2 * r}l${-r / 2} ${r / 2}h${-r}zM${x} ${y}v${-r}l${r} ${r}z"/>`,
  fish: (x, y, r) =>
    `<ellipse cx="${x}" cy="${y}" rx="${r}" ry="${r / 2}"/><path d="M${x + r} ${y}l${r / 2} ${-r / 2}v${r}z"/>`,
  house: (x, y, r) =>
    `<rect x="${x - r}" y="${y}" width="${2 * r}" height="${r}"/><path d="M${x - r} ${y}l${r} ${-r}l${r} ${r}z"/>`,
  sun: (x, y, r) => `<circle cx="${x}" cy="${y}" r="${r}"/>`,
  tree: (x, y, r) =>
    `<path d="M${x} ${y - r}l${r} ${2 * r}h${-2 * r}z"/><rect x="${x - r / 6}" y="${y + r}" width="${r / 3}" height="${r / 2}"/>`,
};
const classes = Object.keys(shapes);
const PER_CLASS = 60;

const scene = (name: string, number: number): Sharp => {
  const { nextInt } = createGenerator(fold(randomKey(5), name, number));
  const [width, height] = [64 + nextInt(80), 64 + nextInt(60)];
  const colour = (least: number) =>
    `rgb(${least + nextInt(90)},${least + nextInt(90)},${least + nextInt(90)})`;
  const radius = 14 + nextInt(12);
  const [x, y] = [32 + nextInt(width - 63), 32 + nextInt(height - 63)];
  return sharp(
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="${colour(150)}"/><g fill="${colour(0)}">${shapes[name]!(x, y, radius)}</g></svg>`,
    ),
  ).removeAlpha();
};

/** Some of the first pictures are of the kinds that are easily taken wrong. */
const ways: readonly (readonly [extension: string, write: (picture: Sharp) => Sharp])[] = [
  ['jpg', (picture) => picture.withMetadata({ orientation: 6 }).jpeg()],
  ['png', (picture) => picture.toColourspace('rgb16').png()],
  ['png', (picture) => picture.png({ palette: true })],
  ['png', (picture) => picture.ensureAlpha(0.9).png()],
  ['jpg', (picture) => picture.grayscale().jpeg()],
  ['webp', (picture) => picture.webp({ lossless: true })],
  ['gif', (picture) => picture.gif()],
  ['avif', (picture) => picture.avif({ quality: 90 })],
];

const drawPets = async (folder: string): Promise<void> => {
  for (const name of classes) {
    await mkdir(join(folder, name), { recursive: true });
    for (let number = 0; number < PER_CLASS; number++) {
      const [extension, write] =
        ways[number] ??
        (number % 2
          ? (['png', (one: Sharp) => one.png()] as const)
          : (['jpg', (one: Sharp) => one.jpeg()] as const));
      await write(scene(name, number)).toFile(join(folder, name, `${number}.${extension}`));
    }
  }
  await writeFile(
    join(folder, 'boat', 'torn.jpg'),
    (await readFile(join(folder, 'boat/10.jpg'))).subarray(0, 300),
  );
  await writeFile(join(folder, 'fish', 'notes.txt'), 'no picture');
  await writeFile(join(folder, 'sun', 'empty.png'), '');
};

test('the how-to, from its first line to its last, with 300 pictures of five classes', async () => {
  const folder = temporaryFolder();
  const env = { DROPOUT_LAB_CACHE: join(folder, 'cache') };
  const stdoutOf = async (line: readonly string[], run: typeof callCli): Promise<string> => {
    const { code, stdout, stderr } = await run(line, { cwd: folder, env });
    expect([line, code, code === 0 ? '' : stderr]).toEqual([line, 0, '']);
    return stdout;
  };
  const cli = (...line: readonly string[]) => stdoutOf(line, callCli);
  await drawPets(join(folder, 'pets'));
  // Of the how-to's second part: a file that another program would have written.
  await cli('data', 'export', 'pets', '--format', 'parquet', '--to', 'as-parquet', '--size', '32');
  await copyFile(join(folder, 'as-parquet/train-00000-of-00001.parquet'), join(folder, 'pets.parquet'));

  const page = await readFile(
    fileURLToPath(new URL('../../../../docs/how-to/own-images.md', import.meta.url)),
    'utf8',
  );
  const lines = Array.from(page.matchAll(/^npx dropout-lab (.*)$/gm), ([, line]) => line!.split(' '));
  // The one with a folder of CIFAR's files is about another data set.
  const own = lines.filter((line) => !line.includes('--data-dir'));
  expect(own.length).toBeGreaterThanOrEqual(5);
  const said = new Map<string, string>();
  for (const line of own) {
    const fast = line[0] === 'train' || line[0] === 'evaluate' ? ['--backend', 'wasm'] : [];
    // As its reader does it: each in a process of its own.
    said.set(line.join(' '), await stdoutOf([...line, ...fast], runCli));
  }
  const [first] = own as [string[], ...string[][]];
  expect(said.get(first.join(' '))).toMatch(
    /^pets: 240 images to train on, 60 to test, of 5 classes, 32 x 32 x 3$/m,
  );
  expect(said.get(first.join(' '))).toContain('Skipped 3 files: ');
  expect(said.get('data info pets')).toContain('fish/notes.txt: it is not PNG');

  const run = 'runs/pets';
  const evaluated = await cli('evaluate', run, '--backend', 'wasm');
  // Five classes: by chance a fifth would be right.
  expect(Number(/accuracy:? (0\.\d+|1)/i.exec(evaluated)?.[1])).toBeGreaterThan(0.3);
  for (const format of ['keras', 'safetensors', 'onnx', 'web', 'hub', 'tensorboard'])
    await cli(
      'export',
      run,
      '--format',
      format,
      '--output',
      `exported-${format}${/keras|safetensors|onnx/.test(format) ? `.${format}` : ''}`,
    );
  // Each file says on which pictures its weights were trained.
  for (const file of ['exported-keras.keras', 'exported-safetensors.safetensors']) {
    const again = `again-${file.split('.')[1]}`;
    await cli('import', file, '--run-dir', again);
    expect(await cli('evaluate', again, '--backend', 'wasm')).toBe(evaluated);
  }
  expect((await readFile(join(folder, 'exported-onnx.onnx'))).length).toBeGreaterThan(10_000);
  expect(readdirSync(join(folder, 'exported-hub'))).toContain('README.md');
  expect(readdirSync(join(folder, 'exported-tensorboard')).length).toBeGreaterThan(0);
  const picture = join(folder, 'pets/sun/11.png');
  const classify = await loadClassifier(join(folder, 'exported-web'));
  const [best] = await classify(await readFile(picture));
  const predicted = await cli('predict', run, 'pets/sun/11.png', '--backend', 'wasm', '--json');
  const [expected] = JSON.parse(predicted).classes;
  expect(best).toMatchObject({
    label: expected.className,
    probability: expect.closeTo(expected.probability, 4),
  });
}, 900_000);
