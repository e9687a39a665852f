import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseRunConfig } from '@dropout-lab/contracts';
import { beforeAll, describe, expect, test } from 'vitest';
import { readRunConfig } from './options.ts';
import { temporaryFolder } from './testing.ts';

let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder();
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

  test('puts options over the file, and the file over the defaults', async () => {
    const config = await configFile({
      epochs: 7,
      batchSize: 50,
      model: { dropout: { rate: 0.3 }, filters: [8] },
    });
    const { epochs, batchSize, model } = await readRunConfig({ config, batchSize: 20, dropoutInput: 0.1 });
    expect({ epochs, batchSize }).toEqual({ epochs: 7, batchSize: 20 });
    expect(model.filters).toEqual([8]);
    expect(model.dropout).toMatchObject({ rate: 0.3, inputRate: 0.1 });
  });

  test('another optimizer starts from its own defaults', async () => {
    const config = await configFile({ optimizer: { name: 'adam', learningRate: 0.5, beta1: 0.8 } });
    expect((await readRunConfig({ config, optimizer: 'sgd' })).optimizer).toEqual({
      name: 'sgd',
      learningRate: 0.01,
      momentum: 0,
      nesterov: false,
    });
    expect((await readRunConfig({ config, learningRate: 0.1 })).optimizer).toMatchObject({
      learningRate: 0.1,
      beta1: 0.8,
    });
  });

  test('max-norm can be set, switched off, and switched on again over a file', async () => {
    expect((await readRunConfig({ maxNorm: null })).model.maxNorm).toBeNull();
    expect((await readRunConfig({ maxNorm: 3, maxNormAxis: [0, 1, 2] })).model.maxNorm).toEqual({
      value: 3,
      axis: [0, 1, 2],
    });
    const config = await configFile({ model: { maxNorm: null } });
    expect((await readRunConfig({ config })).model.maxNorm).toBeNull();
    expect((await readRunConfig({ config, maxNorm: 4 })).model.maxNorm).toEqual({ value: 4, axis: 0 });
  });

  test('the data set decides the number of classes, unless the file does', async () => {
    expect((await readRunConfig({ dataset: 'cifar100' })).model.numClasses).toBe(100);
    const config = await configFile({ dataset: 'cifar100', model: { numClasses: 20 } });
    expect((await readRunConfig({ config })).model.numClasses).toBe(20);
  });

  test.each([
    ['an unknown key', { epocs: 3 }, /run configuration: .*"epocs"/],
    ['an unknown key deep inside', { model: { dropout: { rte: 0.1 } } }, /model\.dropout.*"rte"/],
    ['not an object', [1], /expected a JSON object/],
    ['not JSON', '{epochs: 3}', /expected JSON/],
  ])('refuses %s', async (_, content, message) => {
    await expect(readRunConfig({ config: await configFile(content) })).rejects.toThrow(message);
  });

  test('refuses a file that is not there, and momentum for Adam', async () => {
    await expect(readRunConfig({ config: join(folder, 'none.json') })).rejects.toThrow(
      /none\.json: cannot be read/,
    );
    await expect(readRunConfig({ momentum: 0.9 })).rejects.toThrow(
      /expected --optimizer sgd beside it, received adam/,
    );
  });
});
