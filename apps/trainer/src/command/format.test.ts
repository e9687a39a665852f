import { describe, expect, test } from 'vitest';
import { bar, broken, duration, epochLine, fitted, stepLine } from './format.ts';

test.each([
  [0.2, '0s'],
  [59.4, '59s'],
  [61, '1m 01s'],
  [3599.6, '1h 00m'],
  [7384, '2h 03m'],
])('duration(%d) is %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test.each([
  [0, '[>   ]'],
  [0.5, '[==> ]'],
  [1, '[====]'],
  [2, '[====]'],
])('bar(%d) is %s', (fraction, text) => {
  expect(bar(fraction, 4)).toBe(text);
});

describe('lines', () => {
  const base = { time: 0, epoch: 3, step: 400, learningRate: 0.001 };

  test('of a step', () => {
    const event = {
      ...base,
      kind: 'step',
      stepInEpoch: 80,
      stepsPerEpoch: 160,
      loss: 1.43108,
      accuracy: 0.4812,
      imagesPerSecond: 1990.4,
    } as const;
    expect(stepLine(event, 55, 1142)).toBe(
      'Epoch 3/55 [============>           ] 80/160 - run ETA 19m 02s - loss: 1.4311 - accuracy: 0.4812 - 1990 img/s',
    );
  });

  test('of an epoch, with and without validation', () => {
    const event = { ...base, kind: 'epoch', seconds: 21.04 } as const;
    const logs = { loss: 1.5, accuracy: 0.4, val_loss: 1.25, val_accuracy: 0.5 };
    expect(epochLine({ ...event, logs }, 55)).toBe(
      'Epoch  3/55 - 21.0s - loss: 1.5000 - accuracy: 0.4000 - val_loss: 1.2500 - val_accuracy: 0.5000',
    );
    expect(epochLine({ ...event, logs: { loss: 1.5, accuracy: 0.4 } }, 5)).toBe(
      'Epoch 3/5 - 21.0s - loss: 1.5000 - accuracy: 0.4000',
    );
  });
});

const step =
  'Epoch 3/55 [============>           ] 80/160 - run ETA 19m 02s - loss: 1.4311 - accuracy: 0.4812 - 1990 img/s';

test.each([
  [step, 120, step],
  [step, 109, step],
  [step, 108, 'Epoch 3/55 80/160 - run ETA 19m 02s - loss: 1.4311 - accuracy: 0.4812 - 1990 img/s'],
  [step, 80, 'Epoch 3/55 80/160 - run ETA 19m 02s - loss: 1.4311 - accuracy: 0.4812'],
  [step, 60, 'Epoch 3/55 80/160 - run ETA 19m 02s - loss: 1.4311'],
  [step, 40, 'Epoch 3/55 80/160 - run ETA 19m 02s'],
  [step, 20, 'Epoch 3/55 80/160'],
  [step, 12, 'Epoch 3/55 …'],
  [
    `dropout-0.5, seed 0: ${step}`,
    80,
    'dropout-0.5, seed 0: Epoch 3/55 80/160 - run ETA 19m 02s - loss: 1.4311',
  ],
  ['Downloading CIFAR-10 (mirror) [=> ] 12.3 MB of 170.5 MB', 40, 'Downloading CIFAR-10 (mirror) 12.3 MB …'],
  ['Epoch 3/55 validating', 40, 'Epoch 3/55 validating'],
  ['a'.repeat(50), 40, `${'a'.repeat(39)}…`],
])('%s in %d columns has no half word', (line, columns, expected) => {
  expect(fitted(line, columns)).toBe(expected);
  expect(expected.length).toBeLessThanOrEqual(columns);
});

test('a line that is too long for a terminal is broken before its parts', () => {
  const line =
    'Epoch  3/55 - 21.0s - loss: 1.4311 - accuracy: 0.4812 - val_loss: 1.3001 - val_accuracy: 0.5300';
  expect(broken(line, 96)).toBe(line);
  expect(broken(line, 80)).toBe(
    'Epoch  3/55 - 21.0s - loss: 1.4311 - accuracy: 0.4812 - val_loss: 1.3001\n  - val_accuracy: 0.5300',
  );
  expect(broken(line, 30).split('\n')).toEqual([
    ...['Epoch  3/55 - 21.0s', '  - loss: 1.4311', '  - accuracy: 0.4812', '  - val_loss: 1.3001'],
    '  - val_accuracy: 0.5300',
  ]);
  expect(broken('Run: /a/very/long/path', 10)).toBe('Run: /a/very/long/path');
});
