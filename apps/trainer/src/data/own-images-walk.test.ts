import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeSafetensors } from '@dropout-lab/interchange';
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

const howTo = (document: string): Promise<string> =>
  readFile(fileURLToPath(new URL(`../../../../docs/how-to/${document}`, import.meta.url)), 'utf8');

const htmlIn = (page: string): string | undefined => /```html\n(.*?)```/s.exec(page)?.[1];

/** The command lines of a how-to, in their order, with the runs that it leaves open put in. */
const linesOf = async (document: string): Promise<string[][]> => {
  const page = await howTo(document);
  return Array.from(page.matchAll(/^npx dropout-lab (.*?)(?: +#.*)?$/gm), ([, line]) =>
    line!.split(' ').map((word) =>
      word
        .replace(/^RUN\b/, 'runs/pets')
        .replace(/^runs\/A$/, 'runs/pets')
        .replace(/^runs\/B$/, 'runs/pets-parquet'),
    ),
  );
};

test('from a folder of 300 pictures of five classes to every format and back, by the lines of the how-tos', async () => {
  const folder = temporaryFolder();
  const at = (...path: readonly string[]) => join(folder, ...path);
  const env = { DROPOUT_LAB_CACHE: at('cache') };
  const said = new Map<string, string>();
  const cli = async (...line: readonly string[]): Promise<string> => {
    const computed = ['train', 'evaluate', 'predict'].includes(line[0]!) ? ['--backend', 'wasm'] : [];
    // Training has a process of its own, as for its reader.
    const run = line[0] === 'train' ? runCli : callCli;
    const { code, stdout, stderr } = await run([...line, ...computed], { cwd: folder, env });
    expect([line, code, code === 0 ? '' : stderr]).toEqual([line, 0, '']);
    said.set(line.join(' '), stdout);
    return stdout;
  };
  await drawPets(at('pets'));
  // What the how-tos take as given: a file that another program would have written, and pictures that are not in the folder.
  await cli('data', 'export', 'pets', '--format', 'parquet', '--to', 'as-parquet', '--size', '32');
  await copyFile(at('as-parquet/train-00000-of-00001.parquet'), at('pets.parquet'));
  await mkdir(at('new-pictures'));
  await copyFile(at('pets/sun/11.png'), at('photo.png'));
  for (const name of ['fish/13.png', 'tree/12.jpg'])
    await copyFile(at('pets', name), at('new-pictures', name.replace('/', '-')));

  // The ones with a folder of CIFAR's files, and of CIFAR itself, are about other data sets.
  const own = (await linesOf('own-images.md')).filter((line) => !line.includes('--data-dir'));
  expect(own.length).toBeGreaterThanOrEqual(7);
  for (const line of own) await cli(...line);
  const [first] = own as [string[], ...string[][]];
  expect(said.get(first.join(' '))).toMatch(
    /^pets: 240 images to train on, 60 to test, of 5 classes, 32 x 32 x 3$/m,
  );
  expect(said.get(first.join(' '))).toContain('Skipped 3 files: ');
  expect(said.get('data info pets')).toContain('fish/notes.txt: it is not PNG');
  expect(said.get('predict runs/pets new-pictures --csv')).toMatch(
    /^file,label,probability,label_2,.*\r?\nnew-pictures.fish-13\.png,\w+,0\.\d+,.*\r?\nnew-pictures.tree-12\.jpg,/,
  );
  const evaluated = await cli('evaluate', 'runs/pets');
  // Five classes: by chance a fifth would be right.
  expect(Number(/accuracy:? (0\.\d+|1)/i.exec(evaluated)?.[1])).toBeGreaterThan(0.3);

  for (const line of await linesOf('export.md')) {
    // Of a program in Python: a file that says nothing of its images.
    if (line[1] === 'model.keras') await copyFile(at('runs/pets/last.keras'), at('model.keras'));
    await cli(...line);
  }
  // Each file says on which pictures its weights were trained.
  expect(said.get('evaluate runs/from-keras')).toBe(evaluated);
  expect(await cli('evaluate', 'runs/from-safetensors')).toBe(evaluated);
  // A page's files name the classes, and not the pictures.
  expect(await cli('predict', 'runs/from-tensorflow-js', 'photo.png')).toBe(
    await cli('predict', 'runs/pets', 'photo.png'),
  );
  const { model } = JSON.parse(await readFile(at('runs/pets/run.json'), 'utf8')).config;
  await writeFile(at('model.json'), JSON.stringify({ model }));
  const described = ['--config', 'model.json', '--images', 'pets', '--run-dir', 'runs/from-weights'];
  await cli('import', 'runs/pets/last.weights.h5', ...described);
  expect(await cli('evaluate', 'runs/from-weights')).toBe(evaluated);
  const safetensors = await readFile(at('runs/pets/last.safetensors'));
  // Matchers look at each of millions of bytes.
  const isSame = async (path: string): Promise<boolean> => safetensors.equals(await readFile(at(path)));
  expect(await isSame('runs/pets/hub/model.safetensors')).toBe(true);
  await cli('import', 'runs/pets/hub/model.keras', '--run-dir', 'runs/from-hub');
  for (const run of ['from-keras', 'from-safetensors', 'from-hub']) {
    await cli('export', `runs/${run}`, '--format', 'safetensors');
    expect([run, await isSame(`runs/${run}/last.safetensors`)]).toEqual([run, true]);
  }
  const { accuracy } = JSON.parse(await readFile(at('runs/pets/evaluation.json'), 'utf8'));
  expect(await readFile(at('runs/pets/hub/README.md'), 'utf8')).toContain(
    `    - type: accuracy\n      value: ${accuracy}\n`,
  );
  const { arrays } = decodeSafetensors(safetensors, 'last');
  const onnx = await readFile(at('runs/pets/last.onnx'));
  expect(onnx.includes(JSON.stringify(classes))).toBe(true);
  for (const { name, values } of arrays.filter(({ shape }) => shape.length === 1))
    expect([name, onnx.includes(Buffer.from(values.buffer))]).toEqual([name, true]);

  // The other line trains on CIFAR-10.
  const [board] = await linesOf('tensorboard.md');
  await cli(...board!);
  const curves = await readdir(at('board'), { recursive: true });
  for (const run of ['pets', 'pets-parquet'])
    for (const part of ['train', 'validation', 'test'])
      expect(curves.filter((path) => path.startsWith(join(run, part, 'events')))).toHaveLength(1);

  for (const line of await linesOf('in-a-web-page.md')) await cli(...line);
  // The lines that web.test.ts has a browser run.
  expect(htmlIn(await howTo('in-a-web-page.md'))).toBe(htmlIn(await readFile(at('model/README.md'), 'utf8')));
  const predicted = JSON.parse(await cli('predict', 'runs/pets', 'photo.png', '--json'));
  const [expected] = predicted.classes;
  for (const page of ['model', 'pets-page']) {
    const classify = await loadClassifier(at(page));
    const [best] = await classify(await readFile(at('photo.png')));
    classify.dispose();
    expect(best).toMatchObject({
      label: expected.className,
      probability: expect.closeTo(expected.probability, 4),
    });
  }
}, 900_000);
