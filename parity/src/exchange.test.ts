import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { packBits, withExchangeFolder } from './exchange.ts';

test('arrays come back as they were written, and the folder goes', async () => {
  const path = await withExchangeFolder(async (folder) => {
    const whole = Float32Array.of(1, 2, 3, 4);
    await folder.writeArrays('numbers', [whole.subarray(1, 3), whole.subarray(3)]);
    expect([...(await folder.readFloat32('numbers'))]).toEqual([2, 3, 4]);
    return folder.path;
  });
  expect(existsSync(path)).toBe(false);
});

test('a bit for each number that is not 0, lowest first', () => {
  expect([...packBits(Float32Array.of(2, 0, 0, 2, 0, 0, 0, 0, 0, 2))]).toEqual([0b1001, 0b10]);
});
