import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { stockActivations } from './activations/activations.ts';
import './index.ts';
import { namesNotInStock } from './names-not-in-stock.ts';

test('the names that TensorFlow.js lacks by itself are known without a list', () => {
  expect(namesNotInStock()).toEqual({
    layers: ['DropConnectConv2D', 'DropConnectDense', 'Normalization'],
    activations: ['gelu_approximate', 'leaky_relu', 'silu'],
  });
});

test('a process with nothing but TensorFlow.js has none of them, and all other activations', () => {
  const program = `
    import { serialization } from '@tensorflow/tfjs-core';
    import '@tensorflow/tfjs-layers';
    process.stdout.write(JSON.stringify(Object.keys(serialization.SerializationMap.getMap().classNameMap)));`;
  const args = ['--input-type=module', '-e', program];
  const stock = JSON.parse(
    execFileSync(process.execPath, args, { cwd: import.meta.dirname, encoding: 'utf8' }),
  );
  const { layers, activations } = namesNotInStock();
  const lacking = Object.entries(stockActivations).filter(([, className]) => !stock.includes(className));
  expect(lacking.map(([name]) => name).sort()).toEqual(activations);
  expect(stock.filter((name: string) => layers.includes(name))).toEqual([]);
});
