import { expect, test } from 'vitest';
import { createPausePoint } from './pause-point.ts';

test('a paused loop waits, and one that runs lets messages through', async () => {
  const point = createPausePoint();
  const seen: string[] = [];
  setTimeout(() => seen.push('message'));
  // A loop that waits for nothing else would never receive it.
  for (let step = 0; step < 10_000 && seen.length === 0; step++) await point.passed();
  expect(seen).toEqual(['message']);

  point.pause();
  const passing = point.passed().then(() => seen.push('passed'));
  await new Promise((done) => setTimeout(done, 20));
  expect(seen).toEqual(['message']);
  point.resume();
  await passing;
  expect(seen).toEqual(['message', 'passed']);
});
