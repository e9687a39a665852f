import { ConfigError } from '@dropout-lab/contracts';
import { expect, test } from 'vitest';
import { messageOf } from './failure.ts';

test.each([
  [
    new ConfigError('epochs: expected a number, received x'),
    'dropout-lab: epochs: expected a number, received x',
  ],
  // As a package that uses none of ours throws it, and as it comes out of another thread.
  [
    new RangeError('wasm-training: expected room for 8 bytes, found none left: use smaller batches'),
    'dropout-lab: wasm-training: expected room for 8 bytes, found none left: use smaller batches',
  ],
  [
    new Error('seed: expected a whole number, received 1.5: give one'),
    'dropout-lab: seed: expected a whole number, received 1.5: give one',
  ],
])('%s is printed as its sentence', (error, message) => {
  expect(messageOf(error)).toBe(message);
});

test.each([
  new TypeError('x is not a function'),
  new Error('expected something else'),
  new Error('one: expected a, found b: c\nand another line'),
])('%s, a defect, is printed with its stack', (error) => {
  expect(messageOf(error)).toContain('failure.test.ts');
});
