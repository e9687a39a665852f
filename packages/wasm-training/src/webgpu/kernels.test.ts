import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium, type openPage } from '../../../../scripts/chromium.mjs';
import { convCases, poolCases } from '../cases.testing.ts';
import type { Comparison, Page } from './page.testing.ts';

let browser: Awaited<ReturnType<typeof launchChromium>>;
let page: Awaited<ReturnType<typeof openPage>>['page'];

beforeAll(async () => {
  const bundle = await rolldown({
    input: fileURLToPath(new URL('page.testing.ts', import.meta.url)),
    platform: 'browser',
    logLevel: 'silent',
  });
  const { output } = await bundle.generate({ format: 'iife', codeSplitting: false });
  browser = await launchChromium(['--enable-unsafe-webgpu']);
  // WebGPU is only for pages of a secure origin.
  const address = 'http://localhost/';
  page = await browser.newPage();
  await page.route(address, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }));
  await page.goto(address);
  await page.addScriptTag({ content: output[0].code });
  await page.evaluate(() => (globalThis as unknown as Page).start());
}, 120_000);

afterAll(() => browser?.close());

const compare = (...[name, ...details]: Parameters<Page['compare']>): Promise<Comparison> =>
  page.evaluate(({ name, details }) => (globalThis as unknown as Page).compare(name, ...details), {
    name,
    details,
  });

/** Largest difference, as a fraction of the largest reference value. */
const relativeError = ({ webgpu, cpu }: Comparison): number => {
  expect(webgpu.length).toBe(cpu.length);
  const scale = Math.max(...cpu.map(Math.abs));
  // A NaN makes the error NaN, which is below no bound.
  return Math.max(...webgpu.map((value, i) => Math.abs(value - cpu[i]!))) / scale;
};

const nothing = { tensors: 0, buffers: 0 };

describe.each(convCases.map((conv, index) => ({ ...conv, index })))(
  'conv2d x $x filter $filter strides $strides pad $pad',
  ({ index }) => {
    test('the gradient by the filter agrees with the cpu backend', async () => {
      const found = await compare('filterGradient', index);
      expect(relativeError(found)).toBeLessThan(2e-6);
      expect(found.left).toEqual(nothing);
    });
  },
);

test('the gradient by the filter of more rows than a workgroup sums agrees with the cpu backend', async () => {
  const found = await compare('filterGradientOfManyRows');
  expect(relativeError(found)).toBeLessThan(4e-6);
  expect(found.left).toEqual(nothing);
});

test('the gradient by the filter is NaN or infinite where that of the cpu backend is', async () => {
  const { webgpu, cpu } = await compare('filterGradientOfNaN');
  expect(cpu.filter(Number.isNaN).length).toBeGreaterThan(0);
  expect(cpu.filter((value) => Math.abs(value) === Infinity).length).toBeGreaterThan(0);
  expect(webgpu.map(Number.isFinite)).toEqual(cpu.map(Number.isFinite));
  expect(webgpu.map(Number.isNaN)).toEqual(cpu.map(Number.isNaN));
});

describe.each(poolCases.map((pool, index) => ({ ...pool, index })))(
  'maxPool x $x pool $pool strides $strides pad $pad',
  ({ index }) => {
    test.each(['distinct', 'tied', 'NaN'])('of %s inputs agrees with the cpu backend', async (kind) => {
      const found = await compare('pooled', index, kind);
      expect(found.webgpu).toEqual(found.cpu);
      expect(found.left).toEqual(nothing);
    });

    test.each(['distinct', 'tied', 'NaN'])(
      'the gradient of %s inputs agrees with the cpu backend',
      async (kind) => {
        const found = await compare('poolGradient', index, kind);
        expect(relativeError(found)).toBeLessThan(2e-7);
        expect(found.left).toEqual(nothing);
      },
    );
  },
);

test.each([64, 1003])(
  'the gradient of ReLU of %d numbers, NaN among them, is that of the cpu backend',
  async (size) => {
    const found = await compare('reluGradient', size);
    expect(found.webgpu).toEqual(found.cpu);
    expect(found.left).toEqual(nothing);
  },
);

test('the gradient of ReLU is one program, whatever the rank', async () => {
  const before = await page.evaluate(() => (globalThis as unknown as Page).programs.length);
  const found = await compare('reluGradientOfRank4');
  expect(found.webgpu).toEqual(found.cpu);
  const programs = await page.evaluate(
    (from) => (globalThis as unknown as Page).programs.slice(from),
    before,
  );
  expect(programs.filter((key) => key.startsWith('reluGradient'))).toHaveLength(1);
  expect(programs.filter((key) => /step|mul/i.test(key))).toEqual([]);
});
