import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { defaultWorkers, describeHardware } from './in-node.ts';

test('the hardware is one that a manifest accepts', () => {
  const hardware = describeHardware();
  expect(hardware.cpu).not.toBe('');
  expect(hardware.cores).toBe(availableParallelism());
  expect(hardware.memoryBytes).toBeGreaterThan(2 ** 28);
  expect(hardware.platform).toBe(`${process.platform} ${process.arch}`);
});

test('only wasm, which has one thread, is given workers', () => {
  expect(defaultWorkers('wasm')).toBe(Math.min(8, availableParallelism()));
  expect(defaultWorkers('tensorflow')).toBe(1);
  expect(defaultWorkers('cpu')).toBe(1);
});
