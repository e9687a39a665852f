import { expect, test } from 'vitest';
import { createLifeline } from './lifeline.ts';

test('work ends by itself, or with the line, whichever is first', async () => {
  const line = createLifeline();
  expect(await line.hold(Promise.resolve(1))).toBe(1);
  await expect(line.hold(Promise.reject(new Error('by itself')))).rejects.toThrow('by itself');
  const hanging = line.hold(new Promise(() => {}));
  line.cut(new Error('gone'));
  line.cut(new Error('again'));
  await expect(hanging).rejects.toThrow('gone');
  await expect(line.hold(Promise.resolve(2))).rejects.toThrow('gone');
});
