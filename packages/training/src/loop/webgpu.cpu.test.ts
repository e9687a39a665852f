import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from '../../../../scripts/chromium.mjs';
import type { Page, Trained } from './webgpu-page.testing.ts';

let browser: Awaited<ReturnType<typeof launchChromium>>;
let trainOnce: (isLate: boolean, learningRate: number) => Promise<Trained>;

beforeAll(async () => {
  const bundle = await rolldown({
    input: fileURLToPath(new URL('webgpu-page.testing.ts', import.meta.url)),
    platform: 'browser',
    logLevel: 'silent',
  });
  const { output } = await bundle.generate({ format: 'iife', codeSplitting: false });
  browser = await launchChromium(['--enable-unsafe-webgpu']);
  // WebGPU is only for pages of a secure origin.
  const address = 'http://localhost/';
  const page = await browser.newPage();
  await page.route(address, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }));
  await page.goto(address);
  await page.addScriptTag({ content: output[0].code });
  await page.evaluate(() => (globalThis as unknown as Page).start());
  trainOnce = (isLate, learningRate) =>
    page.evaluate(
      ([isLate, learningRate]) => (globalThis as unknown as Page).trainOnce(isLate, learningRate),
      [isLate, learningRate] as const,
    );
}, 180_000);

afterAll(() => browser?.close());

test('on WebGPU several losses are read at once, and each step has its own', {
  timeout: 180_000,
}, async () => {
  const [late, once] = [await trainOnce(true, 0.01), await trainOnce(false, 0.01)];
  expect(once.steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(late.steps).toEqual(once.steps);
  expect(late.ended).toEqual(once.ended);
  expect(late.weights).toEqual(once.weights);
  expect(late.weights.every(Number.isFinite)).toBe(true);
  // The first alone, as it is measured, and the others together; else loss, accuracy and sums of weights of each step.
  expect([late.reads, once.reads]).toEqual([2, 3 * 7]);
});

test('a run on WebGPU that diverges says at which step, read late or at once', {
  timeout: 180_000,
}, async () => {
  const [late, once] = [await trainOnce(true, 1e30), await trainOnce(false, 1e30)];
  expect(once.ended.reason).toBe('nan');
  expect(once.steps.length).toBeLessThan(7);
  expect(late.ended).toEqual(once.ended);
  expect(late.steps).toEqual(once.steps);
});
