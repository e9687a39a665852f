import { parseRunConfig, type RunConfigInput } from '@dropout-lab/contracts';
import { expect, test } from 'vitest';
import { dropoutRates, specAtRate } from './dropout-rates.ts';

const ratesAt = (config: RunConfigInput, rate: number | null): number[] =>
  dropoutRates(specAtRate(parseRunConfig(config), rate).layers);

test('of a preset, at its own rate and at another', () => {
  const config = { model: { dropout: { rate: 0.5, inputRate: 0.1 } } };
  expect(ratesAt(config, null)).toEqual([0.1, 0.5, 0.5]);
  expect(ratesAt(config, 0.3)).toEqual([0.3, 0.3, 0.3]);
  expect(ratesAt(config, 0)).toEqual([0, 0, 0]);
});

test('of a list of layers, residual blocks included', () => {
  const config: RunConfigInput = {
    model: {
      layers: [
        { kind: 'conv2d', filters: 4 },
        {
          kind: 'residual',
          layers: [
            { kind: 'conv2d', filters: 4, padding: 'same' },
            { kind: 'dropout', rate: 0.2 },
          ],
        },
        { kind: 'flatten' },
        { kind: 'dropout', rate: 0.4 },
        { kind: 'dense', units: 10 },
      ],
    },
  };
  expect(ratesAt(config, null)).toEqual([0.2, 0.4]);
  expect(ratesAt(config, 0.6)).toEqual([0.6, 0.6]);
});

test('a model without dropout has it where its preset puts it; a list of layers has no such place', () => {
  const none = { model: { dropout: { rate: 0 } } };
  expect([ratesAt(none, null), ratesAt(none, 0.6)]).toEqual([[], [0.6, 0.6]]);
  const ofBlocks = { model: { dropout: { rates: [0, 0] } } };
  expect([ratesAt(ofBlocks, null), ratesAt(ofBlocks, 0.6)]).toEqual([[], [0.6, 0.6]]);
  const layers: RunConfigInput = { model: { layers: [{ kind: 'flatten' }, { kind: 'dense', units: 10 }] } };
  expect([ratesAt(layers, null), ratesAt(layers, 0.6)]).toEqual([[], []]);
});
