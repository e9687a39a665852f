/*
 * The table of layers in the README: `npm run -w @dropout-lab/wasm-training layers-table` writes it, a test compares all but
 * the numbers, some of which depend on the machine.
 */
import '@tensorflow/tfjs-backend-cpu';
import { readFileSync, writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { registerTrainingKernels } from '../index.ts';
import { layerCases } from './cases.testing.ts';
import { millisecondsOf } from './compare.testing.ts';
import { type Verdict, verdictOf } from './verdict.testing.ts';

const readme = new URL('../../README.md', import.meta.url);
const between = /(<!-- layers: [^>]* -->\n)[\s\S]*?(<!-- \/layers -->)/;
const mustWrite = process.env['LAYERS_TABLE'] === 'write';

const verdicts = new Map<string, Verdict>();

beforeAll(async () => {
  registerTrainingKernels();
  for (const backend of ['cpu', 'wasm']) await tf.setBackend(backend);
  for (const one of layerCases) verdicts.set(one.name, verdictOf(one));
}, 120_000);

const cell = (text: string): string => text.replaceAll('|', '\\|');

const differenceInWords = ({ difference, reference }: Verdict): string => {
  if (difference === undefined) return reference ?? '';
  const number = difference === 0 ? '0' : difference.toExponential(0);
  return reference === undefined ? number : `${number} ${reference}`;
};

/** How many times as fast as cpu; empty where cpu or wasm does not train the layer. */
const speedOf = (one: (typeof layerCases)[number]): string => {
  const { trains, reference = '' } = verdicts.get(one.name)!;
  if (trains.startsWith('no') || reference.endsWith('throws') || reference.startsWith('nothing')) return '';
  try {
    const { cpu, wasm } = millisecondsOf(one);
    return (cpu / wasm).toFixed(cpu / wasm < 10 ? 1 : 0);
  } catch {
    // A layer that draws a width makes images that are not square, for which the gradient of cpu's bilinear resizing throws.
    return '';
  }
};

test.runIf(mustWrite)(
  'the table is written',
  () => {
    const rows = layerCases.map((one) => {
      const verdict = verdicts.get(one.name)!;
      return `| ${[one.name, verdict.trains, differenceInWords(verdict), speedOf(one)].map(cell).join(' | ')} |`;
    });
    const header = '| layer | trains on wasm | largest difference of its gradients | times as fast as cpu |';
    const table = [header, '| --- | --- | --- | --- |', ...rows].join('\n');
    const text = readFileSync(readme, 'utf8');
    const written = text.replace(between, (_, start, end) => `${start}${table}\n${end}`);
    writeFileSync(readme, written);
    expect(written).toContain(rows[0]);
  },
  300_000,
);

test('the README has every layer, with whether it trains', () => {
  const [, , ...rows] = between.exec(readFileSync(readme, 'utf8'))![0].split('\n').slice(1, -1);
  const found = rows.map((row) => row.split(' | ').slice(0, 2).join(' | '));
  expect(found).toEqual(
    layerCases.map(({ name }) => `| ${cell(name)} | ${cell(verdicts.get(name)!.trains)}`),
  );
});

/** Functions of `tf.layers` that make no layer of their own: other names of some, cells of recurrent layers, and inputs. */
const noLayers = [
  ...['avgPool1d', 'avgPool2d', 'avgPool3d', 'avgPooling1d', 'avgPooling2d', 'avgPooling3d'],
  ...['maxPool1d', 'maxPool2d', 'globalMaxPool1d', 'globalMaxPool2d'],
  ...['RNNCell', 'simpleRNNCell', 'gruCell', 'lstmCell', 'convLstm2dCell'],
  ...['Layer', 'RNN', 'input', 'inputLayer', 'activation'],
];

/** The names of TensorFlow.js's activations, which it registers but does not export. */
const activationNames = (): string[] => {
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  const baseOf = (name: string): object => Object.getPrototypeOf(classNameMap[name]![0]);
  return Object.keys(classNameMap)
    .filter((name) => baseOf(name) === baseOf('relu'))
    .sort();
};

test('every layer and every activation of TensorFlow.js has a row', () => {
  const words = layerCases.map(({ name }) => name.toLowerCase().split(/\W+/));
  const rowless = Object.keys(layers).filter(
    (name) => !noLayers.includes(name) && !words.some((ofRow) => ofRow.includes(name.toLowerCase())),
  );
  expect(rowless).toEqual([]);
  const activations = layerCases.flatMap(({ name }) => /^Activation \((.*)\)$/.exec(name)?.[1] ?? []);
  expect(activations.sort()).toEqual(activationNames());
});

test('gradients of what trains are those of the reference', () => {
  const compared = [...verdicts.values()].filter(
    ({ trains, difference }) => trains.startsWith('yes') && difference !== undefined,
  );
  expect(compared.length).toBeGreaterThan(60);
  for (const { difference } of compared) expect(difference).toBeLessThan(2e-6);
});

test('every layer that TensorFlow.js has is among them', () => {
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  const kinds = Object.entries(classNameMap)
    .filter(([, [kind]]) => (kind as unknown as { prototype: unknown }).prototype instanceof layers.Layer)
    .map(([name]) => name);
  const listed = new Set(
    layerCases.flatMap(({ name }) => [name, name.split(' (')[0]!, /\((\w+)\)/.exec(name)?.[1] ?? '']),
  );
  // Cells are in the recurrent layers, models have layers, and RandomWidth draws the shape of its output.
  const others = /Cell$|^InputLayer$|^Functional$|^Model$|^Sequential$|^RandomWidth$/;
  expect(kinds.filter((name) => !listed.has(name) && !others.test(name))).toEqual([]);
  expect(kinds.length).toBeGreaterThan(55);
});
