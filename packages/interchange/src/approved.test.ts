import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildModel, writeWeights } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import { unzipSync } from 'fflate';
import { Dataset } from 'h5wasm';
import { expect, test } from 'vitest';
import { type Example, exampleNames, exampleOf } from './examples.testing.ts';
import { type DescribedData, encodeKerasModel, encodeOnnxModel, encodeSafetensorsModel } from './index.ts';
import { readHdf5 } from './keras/hdf5.ts';

/*
 * Python's own readers of these formats have read the files of every example and approved them:
 * fixtures/approve_formats.py writes approved.json. Here the files are made again, and must be the same. With
 * EXAMPLES=FOLDER they are written there for that script, and nothing is compared.
 */
const folder = process.env['EXAMPLES'];
const approved: Readonly<Record<string, string>> =
  folder === undefined
    ? JSON.parse(await readFile(new URL('../fixtures/approved.json', import.meta.url), 'utf8')).sha256
    : {};

const classNamesOf = ({ numClasses }: Example['spec']): string[] =>
  Array.from({ length: numClasses }, (_, i) => `class ${i}`);

const describedDataOf = (spec: Example['spec']): DescribedData => ({
  classNames: classNamesOf(spec),
  dataset: 'shapes',
});

const formats: Readonly<Record<string, (example: Example) => Promise<Uint8Array>>> = {
  keras: async ({ spec, weights }) => {
    const trainedWith = {
      optimizer: {
        name: 'sgd',
        learningRate: 1,
        momentum: 0,
        nesterov: false,
        momentumForm: 'keras',
        weightDecay: 0,
        weightDecayMode: 'decoupled',
        clipnorm: null,
        clipvalue: null,
        globalClipnorm: 1,
      },
      loss: { name: 'categorical_crossentropy', labelSmoothing: 0.1 },
    } as const;
    return (await encodeKerasModel(weights, spec, { trainedWith, describedData: describedDataOf(spec) }))
      .bytes;
  },
  safetensors: async ({ spec, weights }) => encodeSafetensorsModel(weights, spec, describedDataOf(spec)),
  onnx: async ({ spec, weights }) => encodeOnnxModel(weights, spec, classNamesOf(spec)),
};

/** Of a `.keras` archive, that of what is in its files: HDF5 has the times at which it was written. */
const digestOf = async (format: string, bytes: Uint8Array): Promise<string> => {
  const hash = createHash('sha256');
  if (format !== 'keras') return hash.update(bytes).digest('hex');
  const files = unzipSync(bytes);
  for (const name of Object.keys(files)) {
    hash.update(name);
    if (!name.endsWith('.h5')) hash.update(files[name]!);
  }
  const arrays = await readHdf5(files['model.weights.h5']!, (root) =>
    root
      .paths()
      .toSorted()
      .map((path) => {
        const found = root.get(path);
        if (!(found instanceof Dataset)) return path;
        const { buffer, byteOffset, byteLength } = found.value as Float32Array;
        const values = new Uint8Array(buffer, byteOffset, byteLength);
        return `${path} ${found.dtype} ${found.shape} ${createHash('sha256').update(values).digest('hex')}`;
      }),
  );
  return hash.update(arrays.join('\n')).digest('hex');
};

const probabilitiesOf = async ({ spec, weights, images }: Example): Promise<number[]> => {
  const model = buildModel(spec, 1);
  writeWeights(model, weights);
  const answer = model.predict(tf.tensor(images.values, [...images.shape])) as tf.Tensor;
  const probabilities = [...(await answer.data())];
  model.dispose();
  return probabilities;
};

test.each(exampleNames)('%s', async (name) => {
  const example = await exampleOf(name);
  const digests: Record<string, string> = {};
  for (const [format, encode] of Object.entries(formats)) {
    if (name === 'approximate' && format === 'keras') continue;
    const bytes = await encode(example);
    digests[`${name}.${format}`] = await digestOf(format, bytes);
    if (folder === undefined) continue;
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `${name}.${format}`), bytes);
  }
  if (folder === undefined) {
    for (const [file, digest] of Object.entries(digests))
      expect([file, digest]).toEqual([file, approved[file]]);
    return;
  }
  const { images, weights } = example;
  const description = {
    digests,
    images: { shape: images.shape, values: [...images.values] },
    probabilities: await probabilitiesOf(example),
    weights: weights.map(({ name, shape, values }) => ({ name, shape, values: [...values] })),
  };
  await writeFile(join(folder, `${name}.json`), JSON.stringify(description));
});
