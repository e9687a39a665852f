import { ConfigError } from '@dropout-lab/contracts';
import { describe, expect, test } from 'vitest';
import type { TrainingControls } from './callback.ts';
import { stopAtTarget } from './stop-at-target.ts';
import { createCallback } from './table.ts';

/** The epochs after which it asks training to stop, and its first message. */
const play = (monitor: string, target: number, values: readonly (number | undefined)[]) => {
  const callback = stopAtTarget({ monitor, target });
  const messages = new Map<number, string>();
  for (const [i, value] of values.entries()) {
    const controls = {
      epoch: i + 1,
      stop: (message: string) => void messages.set(i + 1, message),
    } as TrainingControls;
    void callback.onEpochEnd!(
      { loss: 9, accuracy: 0, ...(value !== undefined && { [monitor]: value }) },
      controls,
    );
  }
  return messages;
};

describe('stopAtTarget', () => {
  test.each<[string, number, readonly (number | undefined)[], readonly number[]]>([
    ['val_accuracy', 0.75, [0.5, 0.74, 0.75, 0.8], [3, 4]],
    ['val_accuracy', 0.75, [0.5, 0.76, 0.6], [2]],
    ['accuracy', 1, [0.9, 0.99], []],
    ['val_loss', 0.75, [2, 0.76, 0.75, 0.5], [3, 4]],
    ['loss', 0, [1, 0], [2]],
    ['val_loss', 0.75, [Number.NaN, Number.POSITIVE_INFINITY, 0.7], [3]],
    ['val_accuracy', 0.75, [Number.NaN, undefined, 0.7], []],
    ['top_3_accuracy', 0.9, [0.89, 0.91], [2]],
  ])('%s, target %d, values %j: asks to stop after epochs %j', (monitor, target, values, expected) => {
    expect([...play(monitor, target, values).keys()]).toEqual(expected);
  });

  test('says which metric reached what, and when', () => {
    expect(play('val_accuracy', 0.75, [0.5, 0.8]).get(2)).toBe('val_accuracy has reached 0.75 after epoch 2');
  });

  test.each([
    [{}, /target: expected a number of at least 0, received nothing/],
    [{ target: -1 }, /target: expected a number of at least 0, received -1/],
    [{ target: 'high' }, /target: .*received "high"/],
    [{ monitor: 'val_accuracy', target: 1.5 }, /target: expected at most 1 for val_accuracy, received 1.5/],
    [{ monitor: 'accuracy', target: 90 }, /target: expected at most 1 for accuracy, received 90/],
  ])('with settings %j, is refused', (settings, message) => {
    const config = { name: 'stop_at_target', ...settings } as never;
    expect(() => createCallback(config)).toThrow(ConfigError);
    expect(() => createCallback(config)).toThrow(message);
  });
});
