import { expect, test } from 'vitest';
import { createGate } from './gate.ts';

test('holds a loop up while it is closed, and lets messages through while it is open', async () => {
  const gate = createGate();
  const seen: string[] = [];
  setTimeout(() => seen.push('message'));
  // A loop that waits for nothing else would never come to it.
  for (let step = 0; step < 10_000 && seen.length === 0; step++) await gate.passed();
  expect(seen).toEqual(['message']);

  gate.close();
  const passing = gate.passed().then(() => seen.push('passed'));
  await new Promise((done) => setTimeout(done, 20));
  expect(seen).toEqual(['message']);
  gate.open();
  await passing;
  expect(seen).toEqual(['message', 'passed']);
});
