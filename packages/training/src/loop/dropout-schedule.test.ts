import type { RunConfigInput, Snapshot } from '@dropout-lab/contracts';
import { buildModel, parseModelSpec, readWeights } from '@dropout-lab/model';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { createReplica, parallelReplica, type TrainOptions, train } from '../index.ts';
import { configOf, imageSource, memorySink, normalizedModel } from '../testing.ts';

// 4 steps an epoch.
const source = imageSource('train', { size: 14, batchSize: 4 });

/** A model with every layer that has a dropout rate, and one of noise that has none. */
const modelAt = (factor: number) =>
  buildModel(
    parseModelSpec({
      inputShape: [8, 8, 3],
      numClasses: 3,
      layers: [
        { kind: 'gaussian_noise', stddev: 0.2 },
        { kind: 'conv2d', filters: 4, activation: 'relu', dropConnect: 0.5 * factor },
        {
          kind: 'residual',
          dropRate: 0.5 * factor,
          layers: [{ kind: 'conv2d', filters: 4, padding: 'same' }],
        },
        { kind: 'spatial_dropout2d', rate: 0.25 * factor },
        { kind: 'alpha_dropout', rate: 0.125 * factor },
        { kind: 'flatten' },
        { kind: 'gaussian_dropout', rate: 0.25 * factor },
        { kind: 'dense', units: 8, activation: 'relu', dropConnect: 0.25 * factor },
        { kind: 'dropout', rate: 0.5 * factor },
        { kind: 'dense', units: 3, activation: 'softmax' },
      ],
    }),
    1,
  );

/** Trains two epochs; returns the weights after each step, and the checkpoints. */
const trained = async (
  dropoutSchedule: RunConfigInput['dropoutSchedule'],
  model: LayersModel = modelAt(1),
  options: Partial<TrainOptions> = {},
) => {
  const checkpoints = memorySink();
  const config = configOf({
    epochs: 2,
    optimizer: { name: 'adam', learningRate: 0.01 },
    dropoutSchedule,
    checkpointEverySteps: 1,
  });
  const steps: Snapshot['weights'][] = [];
  for await (const event of train({ model, config, train: source, checkpoints, ...options })) {
    if (event.kind === 'step') steps.push(await readWeights(model));
  }
  model.dispose();
  return { steps, saved: checkpoints.saved.map(({ snapshot }) => snapshot) };
};

test('at a factor the masks are those of a model with such rates, and at 0 those of none', async () => {
  const [whole, half, none] = await Promise.all(
    [1, 0.5, 0].map((factor) => trained(undefined, modelAt(factor))),
  );
  const constant = { name: 'linear', startFactor: 0.5, endFactor: 0.5 } as const;
  expect((await trained(constant)).steps).toEqual(half!.steps);
  expect((await trained({ name: 'linear', startFactor: 1 })).steps).toEqual(whole!.steps);

  const late = await trained({ name: 'late', fraction: 0.5 });
  expect(late.steps.slice(0, 4)).toEqual(none!.steps.slice(0, 4));
  expect(late.steps[4]).not.toEqual(none!.steps[4]);
  const early = await trained({ name: 'early', fraction: 0.5 });
  expect(early.steps.slice(0, 4)).toEqual(whole!.steps.slice(0, 4));
  expect(early.steps[4]).not.toEqual(whole!.steps[4]);
});

describe.each<[string, () => LayersModel]>([
  ['every layer with a rate', () => modelAt(1)],
  ['batch normalization', () => normalizedModel()],
])('in a model with %s', (_, build) => {
  const schedule = { name: 'curriculum', gamma: 3 } as const;

  test('a run that is resumed from any checkpoint ends with the same bits', async () => {
    const whole = await trained(schedule, build());
    for (const resumeFrom of whole.saved) {
      const rest = await trained(schedule, build(), { resumeFrom });
      expect((rest.saved.at(-1) ?? resumeFrom).weights).toEqual(whole.saved.at(-1)!.weights);
    }
  });

  test('a batch that several replicas share has the same masks', async () => {
    const [model, other] = [build(), build()];
    const position = { step: 3, rowOffset: 0, batchSize: 4, rateFactor: 0.5 };
    const one = createReplica(model);
    const alone = await one.gradients(source.batch(0, 0), position);
    const full = await one.gradients(source.batch(0, 0), { ...position, rateFactor: 1 });
    expect(alone.loss).not.toBe(full.loss);
    if (one.sharedStatistics === undefined) {
      const shared = parallelReplica([one, createReplica(other)]);
      expect((await shared.gradients(source.batch(0, 0), position)).loss).toBeCloseTo(alone.loss, 6);
    }
    model.dispose();
    other.dispose();
  });
});

test('a snapshot of a training of another length, or without the schedule, is refused', async () => {
  const { saved } = await trained({ name: 'early' });
  await expect(trained(undefined, modelAt(1), { resumeFrom: saved[0] })).rejects.toThrow(
    'checkpoint: expected a training of any length, found one of 8 steps',
  );
});
