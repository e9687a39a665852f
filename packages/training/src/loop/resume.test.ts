import type { RunConfigInput, Snapshot } from '@dropout-lab/contracts';
import { ModelError, readWeights } from '@dropout-lab/model';
import { describe, expect, test } from 'vitest';
import {
  defineCallback,
  earlyStopping,
  reduceLROnPlateau,
  TrainingError,
  type TrainingEvent,
  type TrainOptions,
  train,
} from '../index.ts';
import { collect, configOf, imageSource, memorySink, only, tinyModel } from '../testing.ts';

// 8 images in batches of 3, 3 and 2.
const source = imageSource('train', { size: 8, batchSize: 3 });
const validation = imageSource('validation', { size: 5, batchSize: 3 });
const stepsPerEpoch = source.batchesPerEpoch;

/** Lowers the learning rate after each epoch but the first. */
const plateau = () =>
  reduceLROnPlateau({
    monitor: 'loss',
    factor: 0.5,
    patience: 1,
    minDelta: 10,
    cooldown: 0,
    minLearningRate: 0,
  });

/** A training of a new model, and all that it leaves behind. */
const start = (input: RunConfigInput, options: Partial<TrainOptions> = {}) => {
  const model = tinyModel();
  const checkpoints = memorySink();
  const callbacks = [
    // Restores in the end, and stops when the configuration has it early.
    earlyStopping({ monitor: 'val_loss', minDelta: 0.5, patience: 2, restoreBestWeights: true }),
    plateau(),
  ];
  const config = configOf(input);
  // Without a clock, since seconds differ from run to run.
  const run = train({
    model,
    config,
    train: source,
    validation,
    callbacks,
    checkpoints,
    now: () => 0,
    ...options,
  });
  return {
    run,
    checkpoints,
    outcome: async (events: readonly TrainingEvent[]) => {
      const weights = await readWeights(model);
      model.dispose();
      return {
        weights,
        epochs: only('epoch', events),
        end: events.at(-1),
        last: checkpoints.saved.at(-1),
      };
    },
  };
};

/** The events that a reader of the log has: those after the snapshot's step are void once it is resumed. */
const until = (step: number, events: readonly TrainingEvent[]) =>
  only('epoch', events).filter((event) => event.step <= step);

const optimizers: Record<string, RunConfigInput['optimizer']> = {
  adam: { name: 'adam', learningRate: 0.01 },
  'Nesterov momentum': { name: 'sgd', learningRate: 0.05, momentum: 0.9, nesterov: true },
};

for (const [name, optimizer] of Object.entries(optimizers)) {
  describe(`a run of three epochs with ${name}`, () => {
    const config: RunConfigInput = {
      epochs: 3,
      optimizer,
      schedule: { name: 'exponential_decay', decaySteps: 2, decayRate: 0.9 },
      checkpointEverySteps: 1,
    };

    test('interrupted before any step or validation and resumed, ends with the same bits', async () => {
      const whole = start(config);
      const wholeEvents = await collect(whole.run);
      const expected = await whole.outcome(wholeEvents);
      expect(expected.end).toMatchObject({ step: 9 });

      const moments = wholeEvents.filter(({ kind }) => kind === 'step' || kind === 'validating');
      expect(moments).toHaveLength(3 * (stepsPerEpoch + 1));
      for (const moment of ['start', ...moments]) {
        const controller = new AbortController();
        if (moment === 'start') controller.abort();
        const first = start(config, { signal: controller.signal });
        const events: TrainingEvent[] = [];
        for await (const event of first.run) {
          events.push(event);
          if (JSON.stringify(event) === JSON.stringify(moment)) controller.abort();
        }
        expect(events.at(-1)).toMatchObject({ kind: 'training-ended', reason: 'interrupted' });
        const { name: last, snapshot } = first.checkpoints.saved.at(-1)!;
        expect(last).toBe('last');

        const second = start(config, { resumeFrom: snapshot });
        const resumed = await collect(second.run);
        const { epoch, step } = snapshot.progress;
        expect(resumed[0]).toEqual({ kind: 'run-resumed', time: 0, epoch, step });
        const outcome = await second.outcome(resumed);
        expect({ ...outcome, epochs: [...only('epoch', events), ...outcome.epochs] }).toEqual(expected);
        await first.outcome(events);
      }
    });

    test('killed after any checkpoint and resumed, ends with the same bits', async () => {
      const whole = start(config);
      const wholeEvents = await collect(whole.run);
      const expected = await whole.outcome(wholeEvents);
      // Each step's, each epoch's `last` and `best`, and the one of the restored weights.
      expect(whole.checkpoints.saved.length).toBeGreaterThanOrEqual(9 + 3 + 1 + 1);
      for (const { snapshot } of whole.checkpoints.saved) {
        const second = start(config, { resumeFrom: snapshot });
        const outcome = await second.outcome(await collect(second.run));
        const before = until(snapshot.progress.epoch * stepsPerEpoch, wholeEvents);
        expect({ ...outcome, epochs: [...before, ...outcome.epochs] }).toEqual(expected);
      }
    });
  });
}

test('a run that ends within an epoch, interrupted or killed at any step, ends with the same bits', async () => {
  // Two epochs of three steps, and one step of a third.
  const config: RunConfigInput = { epochs: 9, maxSteps: 7, checkpointEverySteps: 1 };
  const callbacks = [plateau()];
  const whole = start(config, { callbacks });
  const events = await collect(whole.run);
  const expected = await whole.outcome(events);
  expect(events[0]).toEqual({ kind: 'run-started', time: 0, epochs: 3, stepsPerEpoch: 3 });
  expect(only('step', events).map(({ stepsPerEpoch }) => stepsPerEpoch)).toEqual([3, 3, 3, 3, 3, 3, 1]);
  expect(expected.epochs.map(({ epoch, step }) => [epoch, step])).toEqual([
    [1, 3],
    [2, 6],
    [3, 7],
  ]);
  expect(expected.epochs.at(-1)!.logs.val_loss).toBeGreaterThan(0);
  expect(expected.end).toMatchObject({ reason: 'completed', epoch: 3, step: 7, message: '7 steps' });
  for (const { snapshot } of whole.checkpoints.saved) {
    const second = start(config, { callbacks, resumeFrom: snapshot });
    const outcome = await second.outcome(await collect(second.run));
    expect({ weights: outcome.weights, end: outcome.end }).toEqual({
      weights: expected.weights,
      end: expected.end,
    });
  }
  const [first] = whole.checkpoints.saved;
  for (const [maxSteps, found] of [
    [8, 'expected a training of 8 steps, found one of 7 steps'],
    [null, 'expected a training of any length, found one of 7 steps'],
  ] as const) {
    const { run } = start({ ...config, maxSteps }, { resumeFrom: first!.snapshot });
    await expect(collect(run)).rejects.toThrow(`checkpoint: ${found}: resume with the configuration`);
  }
});

test('the decision to stop survives a kill: a resumed run does not go on past it', async () => {
  const config: RunConfigInput = { epochs: 9, optimizer: { name: 'adam', learningRate: 1e-4 } };
  const whole = start(config);
  const expected = await whole.outcome(await collect(whole.run));
  const end = { kind: 'training-ended', time: 0, reason: 'early_stopping', epoch: 3, step: 9 };
  expect(expected.end).toEqual({ ...end, message: 'val_loss has not improved since epoch 1' });
  for (const { snapshot } of whole.checkpoints.saved) {
    const second = start(config, { resumeFrom: snapshot });
    const { weights, end: resumedEnd } = await second.outcome(await collect(second.run));
    expect(resumedEnd).toEqual(expected.end);
    expect(weights).toEqual(expected.weights);
  }
});

test('the learning rate that a plateau has lowered stays lowered', async () => {
  const config: RunConfigInput = { epochs: 3, optimizer: { name: 'sgd', learningRate: 0.125 } };
  const whole = start(config);
  const events = await collect(whole.run);
  await whole.outcome(events);
  expect(only('epoch', events).map(({ learningRate }) => learningRate)).toEqual([0.125, 0.125, 0.0625]);
});

describe('a snapshot that does not fit is refused, the model untouched', () => {
  const config: RunConfigInput = { epochs: 2, optimizer: { name: 'adam' } };
  const snapshotOf = async (options: Partial<TrainOptions> = {}): Promise<Snapshot> => {
    const { run, checkpoints, outcome } = start(config, options);
    await outcome(await collect(run));
    return checkpoints.saved.at(-1)!.snapshot;
  };
  const resume = async (
    resumeFrom: Snapshot,
    { model = tinyModel(), ...options }: Partial<TrainOptions> = {},
  ) => {
    const untouched = await readWeights(model);
    const { run } = start(config, { model, resumeFrom, ...options });
    const failure = await collect(run).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(await readWeights(model)).toEqual(untouched);
    model.dispose();
    return failure;
  };

  test('of another optimizer', async () => {
    const failure = await resume(await snapshotOf(), {
      config: configOf({ epochs: 2, optimizer: { name: 'sgd', momentum: 0.9 } }),
    });
    expect(failure).toBeInstanceOf(TrainingError);
    expect(String(failure)).toContain('checkpoint: expected the state of sgd, found that of adam');
  });

  test('of another optimizer, kept without its name by 0.1.0', async () => {
    const { progress, ...rest } = await snapshotOf();
    const { optimizer: _, ...older } = progress;
    const failure = await resume(
      { ...rest, progress: older },
      { config: configOf({ epochs: 2, optimizer: { name: 'sgd', momentum: 0.9 } }) },
    );
    expect(String(failure)).toContain('optimizer state: expected velocity/conv2d/kernel [3 x 3 x 3 x 4]');
  });

  test('of another optimizer that keeps the same', async () => {
    const failure = await resume(await snapshotOf(), {
      config: configOf({ epochs: 2, optimizer: { name: 'adamw' } }),
    });
    expect(String(failure)).toContain('checkpoint: expected the state of adamw, found that of adam');
  });

  test('of another batch size', async () => {
    const failure = await resume(await snapshotOf(), {
      train: imageSource('train', { size: 8, batchSize: 4 }),
    });
    expect(failure).toEqual(
      new TrainingError(
        'checkpoint: expected epochs of 2 steps, found 6 steps in 2 epochs and 0 steps: resume with the configuration that the run was started with',
      ),
    );
  });

  test('of another model', async () => {
    const snapshot = await snapshotOf();
    const [first, ...others] = snapshot.weights;
    const renamed = { ...snapshot, weights: [{ ...first!, name: 'conv9/kernel' }, ...others] };
    expect(await resume(renamed)).toBeInstanceOf(ModelError);
    expect(await resume(snapshot, { model: tinyModel({ units: [9] }) })).toBeInstanceOf(TrainingError);
  });
});

describe('callbacks keep their state by name', () => {
  const config: RunConfigInput = { epochs: 3, optimizer: { name: 'sgd', learningRate: 0.125 } };
  const stopping = (patience: number) =>
    earlyStopping({ monitor: 'val_loss', minDelta: 9, patience, restoreBestWeights: true });
  const snapshotAfter = async (epoch: number, callbacks: TrainOptions['callbacks']) => {
    const { run, checkpoints, outcome } = start(config, { callbacks });
    await outcome(await collect(run));
    return checkpoints.saved.findLast(({ snapshot }) => snapshot.progress.epoch === epoch)!.snapshot;
  };
  const resumed = async (snapshot: Snapshot, callbacks: TrainOptions['callbacks']) => {
    const { run, checkpoints, outcome } = start(config, { callbacks, resumeFrom: snapshot });
    const events = await collect(run);
    await outcome(events);
    return { events, last: checkpoints.saved.at(-1)!.snapshot };
  };

  test('whatever their order', async () => {
    const snapshot = await snapshotAfter(2, [plateau(), stopping(9)]);
    const [same, swapped] = [
      await resumed(snapshot, [plateau(), stopping(9)]),
      await resumed(snapshot, [stopping(9), plateau()]),
    ];
    expect(swapped.last.weights).toEqual(same.last.weights);
    expect(swapped.last.progress.callbacks).toEqual(same.last.progress.callbacks);
    expect(only('warning', swapped.events)).toEqual([]);
  });

  test('one that is new starts afresh', async () => {
    const snapshot = await snapshotAfter(1, []);
    const { events, last } = await resumed(snapshot, [stopping(2)]);
    expect(last.progress.callbacks).toMatchObject({ early_stopping: { wait: 1 } });
    expect(only('warning', events)).toEqual([]);
  });

  test('one too many is a warning', async () => {
    const snapshot = await snapshotAfter(1, [plateau(), stopping(9)]);
    const { events } = await resumed(snapshot, [stopping(9)]);
    expect(only('warning', events).map(({ message }) => message)).toEqual([
      'checkpoint: it has the state of a callback reduce_lr_on_plateau, which is not among those of this run (early_stopping, best_checkpoint): its state is dropped',
    ]);
  });

  test('of a class, too, whatever it is called', async () => {
    class Counting {
      epochs = 0;
      onEpochEnd(): void {
        this.epochs += 1;
      }
      readState() {
        return { data: this.epochs };
      }
    }
    const counting = (name: string) => defineCallback({ name, settings: {}, create: () => new Counting() })();
    const snapshot = await snapshotAfter(2, [counting('a'), counting('a'), counting('best_checkpoint')]);
    expect(snapshot.progress.callbacks).toEqual({
      a: 2,
      a_1: 2,
      best_checkpoint_1: 2,
      best_checkpoint: expect.any(Number),
    });
  });

  test('two of one name are distinguished', async () => {
    const snapshot = await snapshotAfter(1, [stopping(5), stopping(7)]);
    expect(Object.keys(snapshot.progress.callbacks)).toEqual([
      'early_stopping',
      'early_stopping_1',
      'best_checkpoint',
    ]);
    expect(snapshot.slots.map(({ name }) => name)).toContain('callback/early_stopping_1/conv2d/kernel');
  });
});
