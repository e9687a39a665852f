import { parseRunConfig, type TestTimeAugmentation } from '@dropout-lab/contracts';
import { createBatches } from '@dropout-lab/data';
import { buildModel, modelSpecOf } from '@dropout-lab/model';
import { createReplica } from '@dropout-lab/training';
import { tensor } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import reference from '../fixtures/views.json' with { type: 'json' };
import { evaluateImages, viewsOf } from './evaluate-images.ts';

const classNames = ['a', 'b', 'c'];

test.each(
  (['none', 'flip', 'flip_shift'] as const).flatMap((name) =>
    (['channels_last', 'channels_first'] as const).map(
      (dataFormat): [TestTimeAugmentation, typeof dataFormat] => [name, dataFormat],
    ),
  ),
)(
  '%s with %s: the weighted mean of the logits of the views, as numpy computes it',
  async (name, dataFormat) => {
    const config = parseRunConfig({
      model: {
        inputShape: reference.imageShape,
        numClasses: 3,
        dataFormat,
        layers: [{ kind: 'flatten' }, { kind: 'dense', units: 3, activation: 'softmax' }],
      },
      batchSize: 2,
      testTimeAugmentation: name,
    });
    const model = buildModel(modelSpecOf(config), 0);
    model.weights[0]!.write(tensor(reference.kernel, [60, 3]));
    const dataset = {
      images: Uint8Array.from(reference.images),
      labels: Uint8Array.of(0, 1),
      imageShape: reference.imageShape as [number, number, number],
      classNames,
    };
    const images = createBatches(dataset, { batchSize: 2, dataFormat });
    const { logits, report } = await evaluateImages(createReplica(model), images, classNames, {
      views: viewsOf(config),
    });
    const expected = reference.logits[name];
    expect(logits).toHaveLength(expected.length);
    logits.forEach((logit, i) => {
      expect(logit).toBeCloseTo(expected[i]!, 5);
    });
    expect(report).toMatchObject({ count: 2, testTimeAugmentation: name });
    model.dispose();
  },
);
