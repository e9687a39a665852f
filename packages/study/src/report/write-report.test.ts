import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join, normalize, relative } from 'node:path';
import { ConfigError } from '@dropout-lab/contracts';
import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { shippedStudies } from '../study/shipped.ts';
import { parseStudy } from '../study/study.ts';
import { clearRuns, finishedRuns, threeArms } from '../testing/study-runs.ts';
import type { ArmGallery } from './arm-gallery.ts';
import { ReportError, reportFiles, requireReportPlace, writeReport } from './write-report.ts';

const gallery: ArmGallery = {
  arm: 'dropout',
  seed: 0,
  mistakes: [
    {
      image: 3,
      picture: { width: 1, height: 1, channels: 1, pixels: Uint8Array.of(99) },
      actual: 'cat',
      predicted: 'dog',
      confidence: 0.987,
    },
  ],
  kernel: { name: 'conv/kernel', shape: [1, 1, 1, 2], values: Float32Array.of(1, -1) },
};

const folder = temporaryFolder();
const read = (name: string) => readFile(join(folder, name), 'utf8');

/** The folder of a report's charts. */
const chartsOf = async (path: string): Promise<string> => {
  const found = await readdir(join(path, reportFiles.charts));
  expect(found).toHaveLength(1);
  return join(path, reportFiles.charts, found[0]!);
};

/** The paths of the pictures of a page in Markdown. */
const picturesIn = (markdown: string): string[] =>
  [...markdown.matchAll(/(?:src|srcset)="([^"]+)"/g)].map(([, path]) => path!);

beforeAll(async () => {
  await writeReport(folder, threeArms, clearRuns(), [gallery]);
});

describe('writeReport', () => {
  test('the page needs nothing else', async () => {
    const html = await read('index.html');
    const { document } = parseHTML(html);
    expect(document.querySelector('h1')?.textContent).toBe('Three <arms>');
    expect([...document.querySelectorAll('script, link, iframe, object')]).toEqual([]);
    for (const element of document.querySelectorAll('[src], [href]')) {
      expect(element.getAttribute('src') ?? element.getAttribute('href')).toMatch(/^data:/);
    }
    // Light and dark, and a hue for each arm in both.
    expect(html.match(/--hue-2: #/g)).toHaveLength(2);
    expect(html).toContain('prefers-color-scheme: dark');
  });

  test('each picture says what it shows, and is in the page, in SVG for either paper, and in PNG', async () => {
    const { document } = parseHTML(await read('index.html'));
    const pictures = [...document.querySelectorAll('svg')];
    expect(pictures.map((svg) => svg.getAttribute('aria-label'))).not.toContain(null);
    const charts = await chartsOf(folder);
    const files = await readdir(charts);
    expect(files).toHaveLength(3 * pictures.length);
    expect(files).toContain('accuracy-dropout-and-no-dropout.png');
    for (const file of files.filter((name) => name.endsWith('.svg'))) {
      const svg = await readFile(join(charts, file), 'utf8');
      // No colour is left by its name: not every reader of SVG knows those.
      expect(svg, file).not.toContain('var(--');
      expect(svg, file).not.toMatch(/NaN|undefined/);
    }
    const png = await readFile(join(charts, 'accuracy-dropout-and-no-dropout.png'));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    // The width of an IHDR: twice that of the picture and its margin.
    expect(png.readUInt32BE(16)).toBe(2 * (480 + 2 * 12));
  });

  test('the curves of a comparison: a band, a validation and a training line for each arm', async () => {
    const { document } = parseHTML(await read('index.html'));
    const [chart] = document.querySelectorAll('svg[aria-label^="accuracy"]');
    for (const arm of ['var(--hue-0)', 'var(--hue-1)']) {
      const lines = [...chart!.querySelectorAll(`[stroke="${arm}"]`)];
      const dashes = lines.filter((line) => line.getAttribute('stroke-dasharray') !== null);
      expect(dashes.length).toBeGreaterThan(0);
      expect(lines.length).toBeGreaterThan(dashes.length);
      expect(chart!.querySelectorAll(`g[fill="${arm}"][fill-opacity="0.16"]`)).toHaveLength(2);
    }
    expect(chart!.textContent).toContain('accuracy');
    expect(chart!.textContent).toContain('epoch');
  });

  test('the Markdown has the same tables, and links to pictures that are there', async () => {
    const markdown = await read('README.md');
    expect(markdown).toMatch(/^# Three \\<arms\\>\n/);
    expect(markdown).toContain('| test accuracy | 75.0% ± ');
    expect(markdown).toContain('|  | a book | 70.0% / 80.0% | 0.8 | – | no overfitting |');
    const paths = picturesIn(markdown);
    expect(paths.length).toBeGreaterThan(10);
    for (const path of paths) expect(await read(path)).toMatch(/^<svg/);
  });

  test('each verdict is there once, with what is compared, and by what methods', async () => {
    const markdown = await read('README.md');
    const verdict = 'Whatever the seed, “dropout” gives better models than “no dropout”';
    expect(markdown.split(verdict)).toHaveLength(2);
    expect(markdown.indexOf(verdict)).toBeLessThan(markdown.indexOf('## What is compared'));
    for (const word of [
      'the same 10,000 test images',
      'sign-flip test',
      'nats, the unit of natural logarithms',
    ])
      expect(markdown).toContain(word);
    // Of accuracies alone, as in these runs.
    expect(markdown).toContain('not which images they got right');
    expect(markdown).toContain('| 0 | 75.0% | 69.0% | +6.0 points | 4.8 to 7.2 | \\< 0.001 |');
  });

  test('what is a fraction is in percent, in every table', async () => {
    const rows = (await read('README.md')).split('\n').filter((line) => line.startsWith('| '));
    const fractions = rows.filter((row) =>
      /^\| (validation accuracy|test accuracy|generalization gap|calibration error)/.test(row),
    );
    expect(fractions.length).toBeGreaterThan(8);
    for (const row of fractions) expect(row).toMatch(/^\| [^|]+ (\| −?\d+\.\d% ± \d+\.\d% ){2,3}\|/);
  });

  test('with fewer than four seeds each has a line of its own, in the place of a band', async () => {
    const path = temporaryFolder();
    const study = { ...threeArms, seeds: [0, 1, 2] };
    await writeReport(
      path,
      study,
      clearRuns().filter(({ seed }) => seed < 3),
      [],
    );
    const { document } = parseHTML(await readFile(join(path, 'index.html'), 'utf8'));
    const [chart] = document.querySelectorAll('svg[aria-label^="accuracy"]');
    for (const arm of ['var(--hue-0)', 'var(--hue-1)']) {
      const lines = [...chart!.querySelectorAll(`g[stroke="${arm}"] path`)];
      expect(lines).toHaveLength(2 * 3);
      const bands = [...chart!.querySelectorAll(`g[fill="${arm}"][fill-opacity="0.16"] path`)];
      expect(bands.filter((band) => (band.getAttribute('d') ?? '') !== '')).toEqual([]);
    }
    const markdown = await readFile(join(path, 'README.md'), 'utf8');
    expect(markdown).toContain('Each seed has a line.');
    expect(markdown).toContain('With each of 3 seeds the model trained with “dropout” is better');
    expect(markdown).not.toContain('p (sign-flip)');
  });

  test('the data: an epoch a row, and a run a row', async () => {
    const curves = (await read('curves.csv')).trim().split('\r\n');
    expect(curves).toHaveLength(1 + 18 * 3);
    expect(curves[1]).toBe('dropout,0,1,2,0.3,1.5,0.4,0.001,30');
    const metrics = (await read('metrics.csv')).trim().split('\r\n');
    expect(metrics).toHaveLength(1 + 18);
    const json = JSON.parse(await read('report.json')) as { comparisons: { differences: object }[] };
    expect(json.comparisons[0]?.differences).toMatchObject({
      val_accuracy: { seeds: [0, 1, 2, 3, 4, 5], statistics: { signFlipPValue: 2 / 64 } },
    });
  });

  test('without a finished run it says which are missing', async () => {
    const empty = temporaryFolder();
    const runs = clearRuns().map((run) => ({
      ...run,
      state: 'missing' as const,
      history: [],
      manifest: undefined,
      evaluation: undefined,
    }));
    await writeReport(empty, threeArms, runs, []);
    const markdown = await readFile(join(empty, 'README.md'), 'utf8');
    expect(markdown).toContain('0 of 18 runs are finished');
    expect(markdown).toContain('- sgd, seed 5: has not begun');
  });

  test('it names runs whose events have lost lines', async () => {
    const path = temporaryFolder();
    const runs = clearRuns().map((run) =>
      run.arm.name === 'no-dropout' && run.seed === 1
        ? { ...run, history: run.history.slice(0, 1), gaps: { epochs: [[2, 3]], steps: [[9, 9]] } as const }
        : run,
    );
    await writeReport(path, threeArms, runs, []);
    const markdown = await readFile(join(path, 'README.md'), 'utf8');
    expect(markdown).toContain('all 18 runs are finished, 3 epochs each');
    expect(markdown).toContain(
      '- no-dropout, seed 1: events.jsonl lacks epochs 2 to 3 and step 9: what is said of epochs is of the others',
    );
  });

  test('a sweep is drawn by its setting, without galleries of nine arms', async () => {
    const path = temporaryFolder();
    const study = parseStudy(
      shippedStudies.find(({ name }) => name === 'dropout-rate'),
      'dropout-rate',
    );
    const runs = finishedRuns(study, (arm) => ({ accuracy: arm === 'dropout-0.3' ? 0.8 : 0.7, loss: 1 }));
    await writeReport(path, study, runs, []);
    const charts = await chartsOf(path);
    const files = await readdir(charts);
    expect(files).toContain('sweep-val-accuracy.png');
    expect(files.filter((name) => name.startsWith('confusion'))).toEqual([]);
    const svg = await readFile(join(charts, 'all-accuracy-dark.svg'), 'utf8');
    // Nine arms, nine looks: eight colours, and one of them with dashes.
    const lines = svg.match(/<g [^>]*stroke-linecap=[^>]*stroke="#[0-9a-f]{6}"[^>]*>/g);
    expect(new Set(lines).size).toBe(9);
  });
});

/** Every file below a folder, with its content. */
const contentsOf = async (path: string): Promise<Record<string, string>> => {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [file, await readFile(file, 'latin1')] as const)),
  );
};

/** Writes the report in a process whose files may have so many blocks of 512 or 1024 bytes. */
const writeWithin = async (blocks: number, path: string, runs: object) => {
  const input = join(temporaryFolder(), 'runs.json');
  await writeFile(input, JSON.stringify(runs));
  const program = `
    import { readFileSync } from 'node:fs';
    import { writeReport } from '@dropout-lab/study/report';
    const { study, runs } = JSON.parse(readFileSync(process.argv[1], 'utf8'));
    try { await writeReport(process.argv[2], study, runs, []); }
    catch (error) { console.log(error.name + ': ' + error.message); }`;
  const node = [process.execPath, '--input-type=module', '-e', program, input, path];
  return spawnSync('sh', ['-c', `ulimit -f ${blocks} && exec "$@"`, 'sh', ...node], {
    cwd: join(import.meta.dirname, '..', '..'),
    encoding: 'utf8',
  });
};

describe('a report that cannot be written', () => {
  const broken: ArmGallery = {
    ...gallery,
    mistakes: [
      { ...gallery.mistakes[0]!, picture: { width: 9, height: 9, channels: 1, pixels: new Uint8Array(2) } },
    ],
  };

  test('because a picture cannot be drawn leaves the earlier one, and no new folder', async () => {
    const before = await contentsOf(folder);
    await expect(writeReport(folder, threeArms, clearRuns(), [broken])).rejects.toThrow();
    expect(await contentsOf(folder)).toEqual(before);
    const other = join(temporaryFolder(), 'a', 'b');
    await expect(writeReport(other, threeArms, clearRuns(), [broken])).rejects.toThrow();
    expect(existsSync(join(other, '..'))).toBe(false);
  });

  test.skipIf(process.platform === 'win32')(
    'because the system refuses a file leaves the earlier one, and no new folder',
    async () => {
      const before = await contentsOf(folder);
      const input = { study: threeArms, runs: clearRuns() };
      const other = join(temporaryFolder(), 'a', 'b');
      for (const path of [folder, other]) {
        const { stdout } = await writeWithin(32, path, input);
        expect(stdout).toMatch(
          /^ReportError: .*: expected to write a report here, but the system says "file too large" \(EFBIG\); make room/,
        );
      }
      expect(await contentsOf(folder)).toEqual(before);
      expect(existsSync(join(other, '..'))).toBe(false);
      expect((await writeWithin(1_000_000, other, input)).stdout).toBe('');
      expect(Object.keys(await contentsOf(other)).length).toBeGreaterThan(20);
    },
  );

  test('because a file is in the place of its folder is a typed error', async () => {
    const file = join(temporaryFolder(), 'file');
    await writeFile(file, 'mine');
    await expect(writeReport(file, threeArms, clearRuns(), [])).rejects.toThrow(ReportError);
    await expect(writeReport(join(file, 'a'), threeArms, clearRuns(), [])).rejects.toThrow(ReportError);
    expect(await readFile(file, 'utf8')).toBe('mine');
  });
});

test('a new report takes the place of the earlier one, pictures too, and leaves other files alone', async () => {
  const path = temporaryFolder();
  await writeFile(join(path, 'notes.txt'), 'mine');
  await writeReport(path, threeArms, clearRuns(), [gallery]);
  expect(await readdir(await chartsOf(path))).toContain('mistakes-dropout.png');
  await writeReport(path, threeArms, clearRuns(), []);
  expect(await readdir(await chartsOf(path))).not.toContain('mistakes-dropout.png');
  expect((await readdir(path)).toSorted()).toEqual([...Object.values(reportFiles), 'notes.txt'].toSorted());
  expect(await readFile(join(path, 'notes.txt'), 'utf8')).toBe('mine');
});

describe('a process that is killed while it replaces a report', () => {
  const accuracies = [0.7, 0.8] as const;
  const [before, after] = accuracies.map((accuracy) =>
    finishedRuns(threeArms, () => ({ accuracy, loss: 1 })),
  );

  /** Writes the report in a process that is killed before its rename of that number; returns how many it did. */
  const writeKilledAt = async (path: string, rename: number): Promise<number> => {
    const input = join(temporaryFolder(), 'runs.json');
    await writeFile(input, JSON.stringify({ study: threeArms, runs: after }));
    const program = `
      import fs, { readFileSync, writeSync } from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      const { rename } = fs.promises;
      let renames = 0;
      fs.promises.rename = (...paths) => {
        if (renames === ${rename}) process.kill(process.pid, 'SIGKILL');
        writeSync(1, '.');
        renames++;
        return rename(...paths);
      };
      syncBuiltinESMExports();
      const { writeReport } = await import('@dropout-lab/study/report');
      const { study, runs } = JSON.parse(readFileSync(process.argv[1], 'utf8'));
      await writeReport(process.argv[2], study, runs, []);`;
    const node = ['--input-type=module', '-e', program, input, path];
    const cwd = join(import.meta.dirname, '..', '..');
    const { stdout, stderr } = spawnSync(process.execPath, node, { cwd, encoding: 'utf8' });
    expect(stderr).toBe('');
    return stdout.length;
  };

  /** The files of a report by their paths in its folder. */
  const filesIn = async (path: string): Promise<Map<string, string>> =>
    new Map(Object.entries(await contentsOf(path)).map(([file, text]) => [relative(path, file), text]));

  test('leaves nothing of its name where there was none, and the next report nothing of it', async () => {
    const parent = temporaryFolder();
    const path = join(parent, 'report');
    expect(await writeKilledAt(path, 0)).toBe(0);
    expect(await readdir(parent)).toEqual([expect.stringMatching(/^\.report\.report-\d+-/)]);
    expect(await writeKilledAt(path, Number.POSITIVE_INFINITY)).toBe(1);
    expect(await readdir(parent)).toEqual(['report']);
    expect((await readdir(path)).toSorted()).toEqual(Object.values(reportFiles).toSorted());
    // Whoever may read the folder around it may read it.
    const modeOf = async (folder: string) => (await stat(folder)).mode;
    const beside = join(temporaryFolder(), 'beside');
    await mkdir(beside);
    expect(await modeOf(path)).toBe(await modeOf(beside));
  }, 120_000);

  test('leaves two pages, each with its own pictures, and the next report removes the rest', async () => {
    const [earlier, later] = [temporaryFolder(), temporaryFolder()];
    await writeReport(earlier, threeArms, before!, []);
    await cp(earlier, later, { recursive: true });
    const renames = await writeKilledAt(later, Number.POSITIVE_INFINITY);
    const whole = [await filesIn(earlier), await filesIn(later)];
    const pages = [reportFiles.html, reportFiles.markdown];
    const pictures = renames - (Object.keys(reportFiles).length - 1);
    const ends = Array.from({ length: renames - pictures }, (_, i) => pictures + i);
    const found: number[][] = [];
    for (const at of [1, ...ends]) {
      const path = temporaryFolder();
      await cp(earlier, path, { recursive: true });
      expect(await writeKilledAt(path, at)).toBe(at);
      const left = await filesIn(path);
      for (const name of Object.values(reportFiles).filter((file) => file !== reportFiles.charts))
        expect(whole.map((files) => files.get(name))).toContain(left.get(name));
      const isOf = pages.map((name) => whole.findIndex((files) => files.get(name) === left.get(name)));
      found.push(isOf);
      for (const picture of picturesIn(left.get(reportFiles.markdown)!))
        expect(left.get(normalize(picture))).toBe(whole[isOf[1]!]!.get(normalize(picture)));
      if (at !== 1 && at !== ends.at(-1)) continue;
      // In a process of its own too: names inside of pictures count up.
      await writeKilledAt(path, Number.POSITIVE_INFINITY);
      expect(await filesIn(path)).toEqual(whole[1]);
    }
    expect(pictures).toBeGreaterThan(10);
    expect(found).toEqual([...found.slice(0, -1).map(() => [0, 0]), [0, 1]]);
  }, 300_000);
});

test.runIf(process.platform !== 'win32').each<[string, (folder: string) => unknown, RegExp]>([
  [
    'a named pipe in the place of a page',
    (folder) => execFileSync('mkfifo', [join(folder, 'index.html')]),
    /index\.html is a named pipe, which no report replaces; remove it, or choose another folder$/,
  ],
  [
    'a folder in the place of data',
    (folder) => mkdir(join(folder, 'curves.csv')),
    /curves\.csv is a folder, which no report replaces/,
  ],
  [
    'a link in the place of a page',
    (folder) => symlink('elsewhere', join(folder, 'README.md')),
    /README\.md is a symbolic link, which no report replaces/,
  ],
  [
    'a file in the place of the charts',
    (folder) => writeFile(join(folder, 'charts'), 'mine'),
    /charts is a file, which no report replaces/,
  ],
])('%s is refused, and stays', async (_, make, message) => {
  const folder = temporaryFolder();
  await make(folder);
  const before = await readdir(folder);
  await expect(requireReportPlace(folder)).rejects.toThrow(message);
  await expect(requireReportPlace(folder)).rejects.toThrow(ConfigError);
  await expect(writeReport(folder, threeArms, clearRuns(), [])).rejects.toThrow(ReportError);
  expect(await readdir(folder)).toEqual(before);
});
