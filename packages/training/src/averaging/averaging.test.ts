import type { BatchSource, RunConfigInput, Snapshot } from '@dropout-lab/contracts';
import { readWeights, writeWeights } from '@dropout-lab/model';
import { constraints, layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import reference from '../../fixtures/reference.json' with { type: 'json' };
import { type TrainingEvent, type TrainOptions, train } from '../index.ts';
import {
  closeTo,
  collect,
  configOf,
  imageSource,
  memorySink,
  normalizedModel,
  only,
  tinyModel,
} from '../testing.ts';

// 8 images in batches of 3, 3 and 2.
const source = imageSource('train', { size: 8, batchSize: 3 });
const validation = imageSource('validation', { size: 5, batchSize: 3 });

describe('ema is that of Keras: weights after each step, validation before the end, and the end', () => {
  for (const { momentum, overwriteFrequency, x, y, kernel, steps, end, val_loss } of reference.ema) {
    test(`momentum ${momentum}, overwritten every ${overwriteFrequency} steps`, async () => {
      const model = sequential({
        layers: [
          layers.dense({
            units: 1,
            inputShape: [3],
            kernelConstraint: constraints.maxNorm({ maxValue: 0.8 }),
          }),
        ],
      });
      const [{ name: kernelName, shape }, bias] = (await readWeights(model)) as [
        Snapshot['weights'][number],
        Snapshot['weights'][number],
      ];
      writeWeights(model, [{ name: kernelName, shape, values: Float32Array.from(kernel) }, bias]);
      const rows: BatchSource = {
        size: 12,
        batchSize: 4,
        batchesPerEpoch: 3,
        imageShape: [3],
        batch: (_, index) => ({
          images: Float32Array.from(x.slice(index * 12, (index + 1) * 12)),
          labels: Float32Array.from(y.slice(index * 4, (index + 1) * 4)),
          size: 4,
        }),
      };
      const found: number[][] = [];
      const read = async () => (await readWeights(model)).flatMap(({ values }) => [...values]);
      const losses: number[] = [];
      for await (const event of train({
        model,
        config: {
          epochs: 3,
          checkpointEverySteps: null,
          optimizer: { name: 'sgd', learningRate: 0.1, momentum: 0.9 },
          schedule: { name: 'constant' },
          loss: { name: 'mean_squared_error' },
          averaging: { name: 'ema', momentum, overwriteFrequency },
        },
        train: rows,
        validation: rows,
      })) {
        if (event.kind === 'step') found.push(await read());
        if (event.kind === 'epoch') losses.push(event.logs.val_loss!);
      }
      expect(found).toEqual(steps.map((values) => closeTo(values)));
      expect(await read()).toEqual(closeTo(end));
      expect(losses).toEqual(val_loss.map((value) => expect.closeTo(value, 5)));
      model.dispose();
    });
  }
});

/** Trains a new model and returns all that it leaves behind. */
const trained = async (
  input: RunConfigInput,
  options: Partial<TrainOptions> = {},
  build = () => tinyModel(),
) => {
  const model = build();
  const checkpoints = memorySink();
  const events: TrainingEvent[] = [];
  const steps: Snapshot['weights'][] = [await readWeights(model)];
  for await (const event of train({
    model,
    config: configOf(input),
    train: source,
    validation,
    checkpoints,
    now: () => 0,
    ...options,
  })) {
    events.push(event);
    if (event.kind === 'step') steps.push(await readWeights(model));
  }
  const weights = await readWeights(model);
  model.dispose();
  return { events, steps, weights, saved: checkpoints.saved.map(({ snapshot }) => snapshot) };
};

const valuesOf = (weights: Snapshot['weights']) => weights.map(({ values }) => [...values]);
const near = (weights: readonly (readonly number[])[]) =>
  weights.map((values) => values.map((value) => expect.closeTo(value, 5)));

test('lookahead by hand: slow weights start as the initial ones, move every period, and are the end', async () => {
  const lookahead = { name: 'lookahead', period: 2, decay: 0.8, power: 3 } as const;
  const optimizer = { name: 'sgd', learningRate: 0.2 } as const;
  const build = () => normalizedModel();
  const plain = await trained({ epochs: 1, optimizer }, {}, build);
  const { steps, weights, events } = await trained({ epochs: 1, optimizer, averaging: lookahead }, {}, build);
  expect(valuesOf(steps[1]!)).toEqual(valuesOf(plain.steps[1]!));
  // The second of three steps ends a period; what it would have been without is the plain one's.
  const share = 0.8 * (2 / 3) ** 3;
  const slow = valuesOf(plain.steps[0]!).map((values, i) =>
    values.map((value, j) => share * value + (1 - share) * plain.steps[2]![i]!.values[j]!),
  );
  expect(valuesOf(steps[2]!)).toEqual(near(slow));
  // The third step is thrown away, moving statistics included, before validation.
  expect(valuesOf(steps[3]!)).toEqual(valuesOf(steps[2]!));
  expect(weights).toEqual(steps[2]);
  expect(weights.map(({ name }) => name)).toContain('batch_normalization/moving_mean');
  expect(only('epoch', events)).toHaveLength(1);
});

test('lookahead of share 0 changes nothing, and of share 1 keeps the initial weights', async () => {
  const plain = await trained({ epochs: 2 });
  const zero = await trained({ epochs: 2, averaging: { name: 'lookahead', period: 3, decay: 0 } });
  expect(zero.weights).toEqual(plain.weights);
  const one = await trained({ epochs: 2, averaging: { name: 'lookahead', period: 3, decay: 1 } });
  expect(one.weights).toEqual(one.steps[0]);
});

describe('a run resumed from any of its checkpoints ends with the same bits', () => {
  const averagings: RunConfigInput['averaging'][] = [
    { name: 'ema', momentum: 0.8 },
    { name: 'ema', momentum: 0.8, overwriteFrequency: 2 },
    { name: 'lookahead', period: 2, decay: 0.9, power: 1 },
  ];
  for (const averaging of averagings) {
    test(JSON.stringify(averaging), async () => {
      const input: RunConfigInput = {
        epochs: 3,
        maxSteps: 8,
        averaging,
        checkpointEverySteps: 1,
        optimizer: { name: 'adam', learningRate: 0.01 },
      };
      const build = () => normalizedModel();
      const whole = await trained(input, {}, build);
      const name = averaging!.name;
      expect(whole.saved[0]!.slots.map((slot) => slot.name)).toContain(`averaging/${name}/conv2d/kernel`);
      // The last checkpoint has the averages as its weights.
      expect(whole.saved.at(-1)!.weights).toEqual(whole.weights);
      expect(whole.saved.length).toBeGreaterThan(9);
      for (const resumeFrom of whole.saved) {
        const rest = await trained(input, { resumeFrom }, build);
        expect(rest.weights).toEqual(whole.weights);
        expect(rest.saved.at(-1)).toEqual(whole.saved.at(-1));
      }
    });
  }
});

test('a snapshot of another averaging is refused', async () => {
  const { saved } = await trained({ epochs: 1, averaging: { name: 'ema' } });
  const resumed = (averaging: RunConfigInput['averaging']) =>
    trained({ epochs: 1, averaging }, { resumeFrom: saved.at(-1) });
  await expect(resumed(undefined)).rejects.toThrow(
    'averaging state: expected none, found averaging/ema/conv2d/kernel [3 x 3 x 3 x 4]',
  );
  await expect(resumed({ name: 'lookahead' })).rejects.toThrow(
    'checkpoint: expected a training of 3 steps, found one of any length',
  );
});

test('averages leave no tensor behind', async () => {
  const tf = await import('@tensorflow/tfjs-core');
  const model = tinyModel();
  const before = tf.memory().numTensors;
  for (const name of ['ema', 'lookahead'] as const) {
    await collect(train({ model, config: configOf({ epochs: 2, averaging: { name } }), train: source }));
    expect(tf.memory().numTensors).toBe(before);
  }
  model.dispose();
});
