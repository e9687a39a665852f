import { ConfigError, parseRunConfig } from '@dropout-lab/contracts';
import { expect, test } from 'vitest';
import { parseRunJob } from './queue.ts';

const job = { name: 'dropout, seed 0', config: { epochs: 2 }, command: ['study', 'run', 'x'] };

test('a job is its run, whichever version has put it on the queue', () => {
  expect(parseRunJob(job)).toEqual({ ...job, config: parseRunConfig({ epochs: 2 }) });
});

test.each<[unknown, string]>([
  [null, 'job: expected an object, received null'],
  ['x', 'job: expected an object, received "x"'],
  [[], 'job: expected an object, received []'],
  [{}, 'job: name: expected a string, received nothing'],
  [{ ...job, name: 3 }, 'job: name: expected a string, received 3'],
  [{ ...job, name: 'x'.repeat(1001) }, 'job: name: expected a name of at most 1000 characters'],
  [{ ...job, config: undefined }, 'job: config: expected an object, received nothing'],
  [{ ...job, config: [] }, 'job: config: expected an object, received []'],
  [
    { ...job, config: { epochs: 0 } },
    'job: config: epochs: expected a whole number above 0, received 0: the nearest is 1',
  ],
  [{ ...job, config: { optimizer: 'sgd' } }, 'job: config: optimizer: expected an object, received "sgd"'],
  [{ ...job, config: { epoch: 1 } }, 'job: config: epoch: expected one of the keys'],
  [{ ...job, command: 'x' }, 'job: command: expected a list, received "x"'],
  [{ ...job, command: [{}] }, 'job: command[0]: expected a string, received {}'],
  [{ ...job, command: Array(1001).fill('x') }, 'job: command: expected at most 1000 words, received ["x",'],
  [{ ...job, command: ['x'.repeat(5e6)] }, 'job: command: expected at most 100000 characters, received ["x'],
  [{ ...job, command: Array(500).fill('x'.repeat(500)) }, 'job: command: expected at most 100000 characters'],
  [
    { ...job, path: '../x' },
    'job: path: expected one of the keys "name", "config", "command", received "../x"',
  ],
])('a job that is none is refused in a sentence: %j', (data, message) => {
  expect(() => parseRunJob(data)).toThrow(ConfigError);
  expect(() => parseRunJob(data)).toThrow(message);
});
