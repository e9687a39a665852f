import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { membersOf, optimizerSchema, parseRunConfig, recipes } from '@dropout-lab/contracts';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { readRunConfig } from './read-run-config.ts';

const optimizers = [...membersOf(optimizerSchema)!.members.keys()].map((name) => `"${name}"`).join(', ');

let folder: string;
beforeAll(async () => {
  folder = temporaryFolder();
});

const configFile = async (content: unknown): Promise<string> => {
  const path = join(folder, 'config.json');
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};

describe('readRunConfig', () => {
  test("without options, gives the tutorial's run", async () => {
    expect(await readRunConfig({})).toEqual(parseRunConfig({}));
  });

  test('puts flags over the file, and the file over a recipe', async () => {
    const config = await configFile({ epochs: 5, model: { filters: [64, 128, 128] } });
    const options = { recipe: 'airbench94', config, batchSize: '512' };
    expect(await readRunConfig(options)).toEqual(
      parseRunConfig({
        ...recipes.airbench94.config,
        epochs: 5,
        batchSize: 512,
        model: { preset: 'airbench94', filters: [64, 128, 128] },
      }),
    );
    expect(await readRunConfig({ recipe: 'tutorial' })).toEqual(parseRunConfig({}));
    await expect(readRunConfig({ recipe: 'airbench94', dropout: '0.3' })).rejects.toThrow(
      '--dropout: expected a model of the preset tutorial or vgg, received the preset airbench94',
    );
  });

  test('puts --set over flags, flags over the file, and the file over the defaults', async () => {
    const config = await configFile({
      $schema: './run-config.schema.json',
      epochs: 7,
      batchSize: 50,
      seed: 1,
      model: { dropout: { rate: 0.3 }, filters: [8] },
    });
    const options = { config, batchSize: '20', seed: '2', dropoutInput: '0.1', set: ['seed=3'] };
    expect(await readRunConfig(options)).toMatchObject({
      epochs: 7,
      batchSize: 20,
      seed: 3,
      model: { filters: [8], dropout: { rate: 0.3, inputRate: 0.1 } },
    });
  });

  test('another optimizer starts from its own defaults', async () => {
    const config = await configFile({ optimizer: { name: 'adam', learningRate: 0.5, beta1: 0.8 } });
    const { optimizer } = parseRunConfig({ optimizer: { name: 'sgd' } });
    expect(optimizer).toMatchObject({ name: 'sgd', learningRate: 0.01, momentum: 0, nesterov: false });
    expect((await readRunConfig({ config, optimizer: 'sgd' })).optimizer).toEqual(optimizer);
    expect((await readRunConfig({ config, learningRate: '0.1' })).optimizer).toMatchObject({
      learningRate: 0.1,
      beta1: 0.8,
    });
  });

  test('max-norm can be set, switched off, and switched on again over a file', async () => {
    expect(await readRunConfig({ maxNorm: 'none' })).toMatchObject({ model: { maxNorm: null } });
    expect(await readRunConfig({ maxNorm: '3', maxNormAxis: '0,1,2' })).toMatchObject({
      model: { maxNorm: { value: 3, axis: [0, 1, 2] } },
    });
    const config = await configFile({ model: { maxNorm: null } });
    expect(await readRunConfig({ config })).toMatchObject({ model: { maxNorm: null } });
    expect(await readRunConfig({ config, maxNorm: '4' })).toMatchObject({
      model: { maxNorm: { value: 4, axis: 0 } },
    });
  });

  test('--set reads JSON, else text, and reaches into lists', async () => {
    const config = await configFile({ callbacks: [{ name: 'early_stopping', patience: 2 }] });
    const set = [
      'optimizer.beta2=0.99',
      'callbacks.0.monitor=val_accuracy',
      'model.filters=[8,16]',
      'augmentation.flip=true',
    ];
    expect(await readRunConfig({ config, set })).toMatchObject({
      optimizer: { name: 'adam', beta2: 0.99 },
      callbacks: [{ name: 'early_stopping', monitor: 'val_accuracy', patience: 2 }],
      model: { filters: [8, 16] },
      augmentation: { flip: true, crop: 0, cutout: 0 },
    });
  });

  test('a list of layers is a model too', async () => {
    const config = await configFile({
      model: { layers: [{ kind: 'flatten' }, { kind: 'dense', units: 10 }] },
    });
    expect(await readRunConfig({ config, set: ['model.layers.1.activation=softmax'] })).toMatchObject({
      model: { preset: 'layers', layers: [{ kind: 'flatten' }, { units: 10, activation: 'softmax' }] },
    });
  });

  test.each([
    [
      'an unknown key',
      { epocs: 3 },
      /config\.json: epocs: expected one of the keys .*: did you mean "epochs"\?$/,
    ],
    [
      'an unknown key deep inside',
      { model: { dropout: { rte: 0.1 } } },
      /model\.dropout\.rte: expected one of the keys "rate", .*, received 0\.1: did you mean "rate"\?$/,
    ],
    ['a list', [1], /config\.json: expected a JSON object of run settings, such as .*, received \[1\]$/],
    ['an empty list', [], /expected a JSON object .*, received \[\]$/],
    ['not JSON', '{epochs: 3}', /expected JSON/],
    [
      'an optimizer by its name alone',
      { optimizer: 'sgd' },
      /optimizer: expected an object, received "sgd"$/,
    ],
    ['a model by its name alone', { model: 'mlp' }, /model: expected an object, received "mlp"$/],
    ['an optimizer in a list', { optimizer: [] }, /optimizer: expected an object, received \[\]$/],
  ])('refuses %s, with options on top too', async (_, content, message) => {
    const config = await configFile(content);
    await expect(readRunConfig({ config })).rejects.toThrow(message);
    await expect(readRunConfig({ config, learningRate: '0.1', dropout: '0.1' })).rejects.toThrow(message);
  });

  const layers = { model: { layers: [{ kind: 'flatten' }, { kind: 'dense', units: 10 }] } };
  test.each<[string, Parameters<typeof readRunConfig>[0], object, string]>([
    [
      'momentum for Adam',
      { momentum: '0.9' },
      {},
      '--momentum: expected --optimizer sgd, rmsprop or muon with it, received adam',
    ],
    [
      'dropout for a list of layers',
      { dropout: '0.3' },
      layers,
      '--dropout: expected a model of the preset tutorial or vgg, received the preset layers: set it in the list of layers instead',
    ],
    [
      'an unknown path',
      { set: ['optimizer.beta3=1'] },
      {},
      '--set optimizer.beta3: expected the path of a setting, such as optimizer.learningRate, received "optimizer.beta3": did you mean "optimizer.beta1"?',
    ],
    [
      'no path at all',
      { set: ['0.99'] },
      {},
      '--set 0.99: expected a path and a value, such as optimizer.beta2=0.99, received "0.99"',
    ],
    [
      'a value out of range',
      { set: ['optimizer.beta2=1'] },
      {},
      'run configuration: optimizer.beta2: expected a number of at least 0 and below 1, received 1',
    ],
    [
      'a value of another kind',
      { set: ['optimizer=sgd'] },
      {},
      'run configuration: optimizer: expected an object, received "sgd"',
    ],
    [
      'a text for a number',
      { epochs: 'many' },
      {},
      'run configuration: epochs: expected a whole number above 0, received "many"',
    ],
    [
      'a number below its range',
      { batchSize: '0' },
      {},
      'run configuration: batchSize: expected a whole number above 0, received 0: the nearest is 1',
    ],
    [
      'a choice that there is not',
      { optimizer: 'adm' },
      {},
      `run configuration: optimizer.name: expected one of ${optimizers}, received "adm": did you mean "adam"?`,
    ],
  ])('refuses %s', async (_, options, file, message) => {
    const config = await configFile(file);
    await expect(readRunConfig({ ...options, config })).rejects.toThrow(new RegExp(escaped(message)));
  });

  test('refuses a file that is not there', async () => {
    await expect(readRunConfig({ config: join(folder, 'none.json') })).rejects.toThrow(
      /none\.json: expected a file that can be read/,
    );
  });
});

const escaped = (text: string): string => `^${text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}`;
