// Trains on a data set of your own: writes images to files in CIFAR-10's binary layout (for each image a label byte,
// then 1,024 red, 1,024 green and 1,024 blue bytes), which @dropout-lab/cifar checks and reads from a description.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBackend } from '@dropout-lab/backend/node';
import { CIFAR10, encodeCifar10 } from '@dropout-lab/cifar';
import { loadCifar } from '@dropout-lab/cifar/node';
import { parseRunConfig } from '@dropout-lab/contracts';
import { createBatches } from '@dropout-lab/data';
import { buildModel, modelSpecOf } from '@dropout-lab/model';
import { createGenerator, fold, randomKey } from '@dropout-lab/random';
import { createReplica, evaluate, train } from '@dropout-lab/training';

console.log((await startBackend('auto')).reason);

const SIDE = 32;
const classNames = ['disc', 'square', 'stripes'];

/** @type {((dx: number, dy: number, size: number) => boolean)[]} Whether a point is inside the shape of a class. */
const shapes = [
  (dx, dy, size) => Math.hypot(dx, dy) < size,
  (dx, dy, size) => Math.abs(dx) < size && Math.abs(dy) < size,
  (dx, dy, size) => Math.abs(dy) < size && Math.floor(dx / 3 + SIDE) % 2 === 0,
];

/**
 * @param {string} split @param {number} count
 * @returns Pixels uint8 [count, 32, 32, 3] of shapes in random places and colours, and their classes.
 */
const draw = (split, count) => {
  const images = new Uint8Array(count * SIDE * SIDE * 3);
  const labels = Array.from({ length: count }, (_, n) => n % classNames.length);
  for (const [n, label] of labels.entries()) {
    const uniform = createGenerator(fold(randomKey(1), split, n));
    const [x, y] = [uniform.nextFloat(), uniform.nextFloat()].map((u) => 10 + 12 * u);
    const size = 5 + 4 * uniform.nextFloat();
    const ink = [0, 1, 2].map(() => 100 + 155 * uniform.nextFloat());
    for (let at = 0; at < SIDE * SIDE; at++) {
      const inside = shapes[label]?.((at % SIDE) - (x ?? 0), Math.floor(at / SIDE) - (y ?? 0), size);
      for (const [channel, value] of ink.entries())
        images[(n * SIDE * SIDE + at) * 3 + channel] = (inside ? value : 0) * 0.7 + 70 * uniform.nextFloat();
    }
  }
  return { images, labels };
};

const directory = await mkdtemp(join(tmpdir(), 'own-images-'));
try {
  for (const [split, count] of /** @type {const} */ ([
    ['train', 300],
    ['test', 90],
  ])) {
    const { images, labels } = draw(split, count);
    await writeFile(join(directory, `${split}.bin`), encodeCifar10(images, labels));
  }

  // Everything is as in CIFAR-10 except the files and their labels. A digest that you give is verified.
  const dataset = {
    ...CIFAR10,
    name: 'own-shapes',
    title: 'Shapes of our own',
    files: /** @type {const} */ ([
      { name: 'train.bin', split: 'train', images: 300, sha256: null },
      { name: 'test.bin', split: 'test', images: 90, sha256: null },
    ]),
    labels: [{ name: 'label', classNames }],
  };
  const data = await loadCifar(dataset, { directory });

  const config = parseRunConfig({
    model: { numClasses: classNames.length, filters: [8, 8], units: [32], dropout: { rate: 0.25 } },
    optimizer: { name: 'adam', learningRate: 0.003 },
    epochs: 15,
  });
  const model = buildModel(modelSpecOf(config), config.seed);
  const batches = createBatches(data.train, {
    batchSize: 30,
    shuffle: fold(randomKey(config.seed), 'shuffle'),
  });
  for await (const event of train({ model, config, train: batches })) {
    if (event.kind === 'epoch')
      console.log(`epoch ${event.epoch}: accuracy ${event.logs.accuracy?.toFixed(3)}`);
  }
  const { accuracy } = await evaluate(createReplica(model), createBatches(data.test, { batchSize: 30 }));
  console.log(`accuracy on new images: ${accuracy?.toFixed(3)}`);
} finally {
  await rm(directory, { recursive: true });
}
