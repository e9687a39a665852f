import { parseRunConfig } from '@dropout-lab/contracts';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { exampleOf } from '../examples.testing.ts';
import { decodeKerasDescribedData, encodeKerasModel, InterchangeError } from '../index.ts';

test('says what training in Keras would be without', async () => {
  const { spec, weights } = await exampleOf('layers');
  expect((await encodeKerasModel(weights, spec)).differences).toEqual([
    'conv2d: the initializer partial_dirac is written as its distribution, VarianceScaling; the weights are as trained',
    'dense: DropConnect is left out, which Keras lacks and prediction does not use',
  ]);
});

test('an activation that Keras has no name for is refused by its layer', async () => {
  const { spec, weights } = await exampleOf('approximate');
  const encoding = encodeKerasModel(weights, spec);
  await expect(encoding).rejects.toThrow(InterchangeError);
  await expect(encoding).rejects.toThrow(
    /^conv2d: activation: expected an activation that Keras has by a name, received gelu_approximate/,
  );
});

test('classes and data set are in the metadata, and nowhere else', async () => {
  const { spec, weights } = await exampleOf('layers');
  const describedData = { classNames: ['ünïcode', 'b'], dataset: 'shapes' } as const;
  const { bytes } = await encodeKerasModel(weights, spec, { describedData });
  expect(decodeKerasDescribedData(bytes, 'a.keras')).toEqual(describedData);
  const without = (await encodeKerasModel(weights, spec)).bytes;
  expect(decodeKerasDescribedData(without, 'a.keras')).toBeUndefined();
  const [found, plain] = [unzipSync(bytes), unzipSync(without)];
  expect(Object.keys(found)).toEqual(Object.keys(plain));
  expect(found['config.json']).toEqual(plain['config.json']);
});

test.each([
  [{}, undefined],
  [{ 'metadata.json': '{"keras_version":"3.15.1"}' }, undefined],
  [{ 'metadata.json': '{"dropout_lab":[]}' }, undefined],
  [{ 'metadata.json': 'no JSON' }, 'a.keras: metadata.json: expected JSON'],
  [
    { 'metadata.json': '{"dropout_lab":{"class_names":"cat"}}' },
    'a.keras: metadata.json: dropout_lab: class_names: expected a list of names, found "cat"',
  ],
  [
    { 'metadata.json': '{"dropout_lab":{"class_names":["cat"],"dataset":7}}' },
    'dropout_lab: dataset: expected a name or a description, found 7',
  ],
])('an archive of %j is passed over or refused', (files, message) => {
  const bytes = zipSync({
    'config.json': strToU8('{}'),
    ...Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])),
  });
  const read = () => decodeKerasDescribedData(bytes, 'a.keras');
  if (message === undefined) expect(read()).toBeUndefined();
  else expect(read).toThrow(message);
});

const compiled = async (optimizer: object) => {
  const { spec, weights } = await exampleOf('logits');
  const { loss, optimizer: parsed } = parseRunConfig({ optimizer });
  const trainedWith = { loss, optimizer: parsed };
  const { bytes, differences } = await encodeKerasModel(weights, spec, { trainedWith });
  const text = strFromU8(unzipSync(bytes)['config.json']!);
  return { text, differences, compile: JSON.parse(text).compile_config };
};

test.each([
  [
    { name: 'adam', learningRate: 1 },
    'Adam',
    '{"learning_rate":1.0,"beta_1":0.9,"beta_2":0.999,"epsilon":1e-7}',
  ],
  [
    { name: 'adamw', clipnorm: 2 },
    'AdamW',
    '{"learning_rate":0.001,"beta_1":0.9,"beta_2":0.999,"epsilon":1e-7,"weight_decay":0.004,"clipnorm":2.0}',
  ],
  [{ name: 'sgd' }, 'SGD', '{"learning_rate":0.01,"momentum":0.0,"nesterov":false}'],
  [
    { name: 'rmsprop', centered: true },
    'RMSprop',
    '{"learning_rate":0.001,"rho":0.9,"momentum":0.0,"epsilon":1e-7,"centered":true}',
  ],
])('is compiled with %j', async (optimizer, className, config) => {
  const { text, compile, differences } = await compiled(optimizer);
  expect(compile.optimizer.class_name).toBe(className);
  expect(text).toContain(`"class_name":"${className}","config":${config}`);
  // The model ends in logits.
  expect(compile.loss.config).toMatchObject({ from_logits: true });
  expect(differences).toEqual([]);
});

test.each([
  { name: 'muon' },
  { name: 'sgd', momentum: 0.9, momentumForm: 'pytorch' },
  { name: 'sgd', momentum: 0.9, weightDecay: 0.1, weightDecayMode: 'coupled' },
])('is not compiled with %j, which not every Keras has', async (optimizer) => {
  const { compile, differences } = await compiled(optimizer);
  expect(compile).toBeUndefined();
  expect(differences).toEqual([
    `the model is not compiled: no version of Keras has ${optimizer.name} with these settings, or only newer ones`,
  ]);
});
