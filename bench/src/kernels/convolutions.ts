import { startBackend } from '@dropout-lab/backend/node';
import * as tf from '@tensorflow/tfjs-core';
import { measureCeiling } from '../ceiling.ts';
import { measure } from '../shared/measure.ts';
import { formatTable } from '../shared/table.ts';

/** Layers of networks with batch normalization, which leaves no zeros to skip: the side of the image, and the channels. */
const layers = [
  { side: 32, channels: 64 },
  { side: 16, channels: 128 },
  { side: 8, channels: 256 },
];

const IMAGES = 50;

/** Target: the least of the ceiling, in percent. */
const TARGET = 65;

/** Measures dense 3 x 3 convolutions, forward and both gradients, against the ceiling, on one thread. */
export const convolutionsTable = async (): Promise<string> => {
  await startBackend('wasm');
  const { plain } = await measureCeiling();
  const rows: string[][] = [];
  for (const { side, channels } of layers) {
    const image = [IMAGES, side, side, channels];
    const filterShape = [3, 3, channels, channels];
    const [x, dy, filter] = [image, image, filterShape].map((shape, i) =>
      tf.randomUniform(shape, 0.5, 1, 'float32', i),
    );
    const attrs = {
      strides: [1, 1],
      pad: 'same',
      dataFormat: 'NHWC',
      dilations: [1, 1],
      inputShape: image,
      filterShape,
    };
    const run = (kernelName: string, inputs: Record<string, tf.Tensor | undefined>) => () =>
      tf.dispose(tf.engine().runKernel(kernelName, inputs as tf.NamedTensorMap, attrs as never) as tf.Tensor);
    const times = await measure(
      {
        forward: run(tf.Conv2D, { x, filter }),
        'input gradient': run(tf.Conv2DBackpropInput, { dy, filter }),
        'filter gradient': run(tf.Conv2DBackpropFilter, { x, dy }),
      },
      { warmUps: 3, runs: 9 },
    );
    const work = 2 * IMAGES * side ** 2 * 9 * channels ** 2;
    for (const [name, milliseconds] of Object.entries(times)) {
      const rate = work / milliseconds / 1e6;
      const percent = (100 * rate) / plain;
      rows.push([
        name,
        `${IMAGES} x ${side} x ${side} x ${channels}`,
        ...[milliseconds.toFixed(1), rate.toFixed(1), percent.toFixed(0)],
        `>= ${TARGET}%: ${percent >= TARGET ? 'met' : 'missed'}`,
      ]);
    }
    tf.dispose([x!, dy!, filter!]);
  }
  return `Dense 3 x 3 convolutions on one thread; the ceiling is ${plain.toFixed(0)} GFLOP/s.\n\n${formatTable(
    ['', 'images', 'ms', 'GFLOP/s', '% of the ceiling', 'target'],
    rows,
    2,
  )}`;
};
