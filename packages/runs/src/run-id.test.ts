import { parseRunConfig } from '@dropout-lab/contracts';
import { expect, test } from 'vitest';
import { newRunId } from './run-id.ts';

const date = new Date('2026-11-24T03:10:00.987Z');

test('is the time and the configuration, and nothing else', () => {
  const id = newRunId(date, parseRunConfig({}));
  expect(id).toMatch(/^2026-11-24T03-10-00-[0-9a-f]{6}$/);
  expect(newRunId(date, parseRunConfig({ batchSize: 250 }))).toBe(id);
  expect(newRunId(date, parseRunConfig({ batchSize: 251 }))).not.toBe(id);
});
