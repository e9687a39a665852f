import { expect, test } from 'vitest';
import { createImageProgress } from './progress-line.ts';

test('the line says how far the work is, how long it still takes and how fast it is', () => {
  let time = 0;
  const progress = createImageProgress(1000, () => time);
  expect(progress.line('Test images')).toBe(
    'Test images [>                       ] 0/1000 - ETA ? - 0 img/s',
  );
  progress.add(200);
  time = 4000;
  expect(progress.line('Test images')).toBe(
    'Test images [=====>                  ] 200/1000 - ETA 16s - 50 img/s',
  );
  progress.add(800);
  time = 10_000;
  expect(progress.line('Pass 4 of 4')).toBe(
    'Pass 4 of 4 [========================] 1000/1000 - ETA 0s - 100 img/s',
  );
});
