import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { shippedStudies } from '../study/shipped.ts';
import { parseStudy } from '../study/study.ts';
import { clearRuns, finishedRuns, threeArms } from '../testing/study-runs.ts';
import type { ArmGallery } from './arm-gallery.ts';
import { writeReport } from './write-report.ts';

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
    const files = await readdir(join(folder, 'charts'));
    expect(files).toHaveLength(3 * pictures.length);
    expect(files).toContain('accuracy-dropout-and-no-dropout.png');
    for (const file of files.filter((name) => name.endsWith('.svg'))) {
      const svg = await read(join('charts', file));
      // No colour is left by its name: not every reader of SVG knows those.
      expect(svg, file).not.toContain('var(--');
      expect(svg, file).not.toMatch(/NaN|undefined/);
    }
    const png = await readFile(join(folder, 'charts', 'accuracy-dropout-and-no-dropout.png'));
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
    expect(markdown).toContain('| test accuracy | 0.7503 ± ');
    expect(markdown).toContain('| dropout | 0.7503 | 0.7 / 0.8 | 0.8397 | 0.8 | no overfitting |');
    const files = await readdir(join(folder, 'charts'));
    const paths = [...markdown.matchAll(/(?:src|srcset)="charts\/([^"]+)"/g)].map(([, file]) => file!);
    expect(paths.length).toBeGreaterThan(10);
    for (const path of paths) expect(files).toContain(path);
  });

  test('the data: an epoch a row, and a run a row', async () => {
    const curves = (await read('curves.csv')).trim().split('\r\n');
    expect(curves).toHaveLength(1 + 18 * 3);
    expect(curves[1]).toBe('dropout,0,1,2,0.3,1.5,0.4,0.001,30');
    const metrics = (await read('metrics.csv')).trim().split('\r\n');
    expect(metrics).toHaveLength(1 + 18);
    const json = JSON.parse(await read('report.json')) as { comparisons: { differences: object }[] };
    expect(json.comparisons[0]?.differences).toMatchObject({
      val_accuracy: { seeds: [0, 1, 2, 3, 4, 5], statistics: { pValue: 2 / 64 } },
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

  test('a sweep is drawn by its setting, without galleries of nine arms', async () => {
    const path = temporaryFolder();
    const study = parseStudy(
      shippedStudies.find(({ name }) => name === 'dropout-rate'),
      'dropout-rate',
    );
    const runs = finishedRuns(study, (arm) => ({ accuracy: arm === 'dropout-0.3' ? 0.8 : 0.7, loss: 1 }));
    await writeReport(path, study, runs, []);
    const files = await readdir(join(path, 'charts'));
    expect(files).toContain('sweep-val-accuracy.png');
    expect(files.filter((name) => name.startsWith('confusion'))).toEqual([]);
    const svg = await readFile(join(path, 'charts', 'all-accuracy-dark.svg'), 'utf8');
    // Nine arms, nine colours.
    const strokes = svg.match(/stroke-width="1\.25" stroke="#[0-9a-f]{6}" fill="none"/g);
    expect(new Set(strokes).size).toBe(9);
  });
});
