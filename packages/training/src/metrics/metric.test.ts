import { accuracy } from '@dropout-lab/metrics';
import { describe, expect, test } from 'vitest';
import { createReplica, evaluate, type Metric, parallelReplica, TrainingError, train } from '../index.ts';
import { collect, configOf, imageSource, only, tinyModel } from '../testing.ts';

const source = imageSource('train', { size: 10, batchSize: 4 });
const validation = imageSource('validation', { size: 6, batchSize: 3 });
const same: Metric = { name: 'same', mean: accuracy };

describe('a custom metric', () => {
  test('is there for each step, each epoch and each validation', async () => {
    const model = tinyModel();
    const config = configOf({ epochs: 2 });
    const events = await collect(train({ model, config, train: source, validation, metrics: [same] }));
    for (const { accuracy: expected, metrics } of only('step', events)) {
      expect(metrics).toEqual({ same: expect.closeTo(expected!, 12) });
    }
    for (const { logs } of only('epoch', events)) {
      expect(logs['same']).toBeCloseTo(logs.accuracy!, 12);
      expect(logs['val_same']).toBe(logs.val_accuracy);
    }
    expect((await evaluate(createReplica(model), validation, { metrics: [same] }))['same']).toBeDefined();
    model.dispose();
  });

  test('is the same on two replicas', async () => {
    const logsOn = async (count: number) => {
      const models = Array.from({ length: count }, () => tinyModel({ dropout: { rate: 0 } }));
      const replica = parallelReplica(models.map((one) => createReplica(one)));
      const { loss, logits } = await replica.gradients(source.batch(0, 0), {
        step: 0,
        rowOffset: 0,
        batchSize: 4,
        withLogits: true,
      });
      for (const model of models) model.dispose();
      return { loss, logits: [...logits!] };
    };
    const [one, two] = [await logsOn(1), await logsOn(2)];
    expect(two.logits).toEqual(one.logits.map((logit) => expect.closeTo(logit, 5)));
  });

  test('cannot change the inputs of other metrics, and must be a number', async () => {
    const model = tinyModel();
    const replica = createReplica(model);
    const spoiling: Metric = {
      name: 'spoiling',
      mean: (logits, labels) => {
        logits.fill(Number.NaN);
        labels.fill(0);
        return 1;
      },
    };
    const alone = await evaluate(replica, validation);
    expect(await evaluate(replica, validation, { metrics: [spoiling] })).toEqual({ ...alone, spoiling: 1 });
    const none = { name: 'none', mean: () => 'x' as unknown as number };
    await expect(evaluate(replica, validation, { metrics: [none] })).rejects.toThrow(
      'metrics: none: expected a number, found string: return the mean',
    );
    await expect(evaluate(replica, validation, { metrics: [{ name: 'c' } as Metric] })).rejects.toThrow(
      'metrics: expected every metric to have a name and a function mean',
    );
    model.dispose();
  });

  test.each(['loss', 'accuracy', 'epoch', 'val_top3'])('called %s is refused', async (name) => {
    const model = tinyModel();
    const metrics = [{ ...same, name }];
    const training = collect(train({ model, config: configOf({ epochs: 1 }), train: source, metrics }));
    await expect(training).rejects.toThrow(TrainingError);
    await expect(evaluate(createReplica(model), validation, { metrics })).rejects.toThrow(`found ${name}`);
    model.dispose();
  });
});
