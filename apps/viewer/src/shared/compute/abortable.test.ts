import { expect, test } from 'vitest';
import { abortable } from './abortable.ts';

test('work ends by itself, or when the signal is aborted, whichever is first', async () => {
  const controller = new AbortController();
  expect(await abortable(Promise.resolve(1), controller.signal)).toBe(1);
  await expect(abortable(Promise.reject(new Error('by itself')), controller.signal)).rejects.toThrow(
    'by itself',
  );
  const endless = abortable(new Promise(() => {}), controller.signal);
  controller.abort(new Error('gone'));
  controller.abort(new Error('again'));
  await expect(endless).rejects.toThrow('gone');
  await expect(abortable(Promise.resolve(2), controller.signal)).rejects.toThrow('gone');
});
