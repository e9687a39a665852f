import { defineStudy } from '../src/study/study.ts';

/** Dropout after convolutions, after the dense layer, on the input, and in several places. */
export const dropoutRateByLayer = defineStudy({
  name: 'dropout-rate-by-layer',
  title: 'Where to drop out: which layers, and how much',
  description:
    'Is dropout better after convolutions, after dense layers, or on the input? Srivastava et al. (2014) drop little of the input, more after convolutions and half of dense layers. The network of the tutorial with the same total amount of training in every arm.',
  config: { limitTrain: 10_000, batchSize: 125, epochs: 30, model: { dropout: { rate: 0 } } },
  arms: {
    none: { title: 'no dropout' },
    convolutions: { title: 'after convolutions', changes: { model: { dropout: { rate: 0.5 } } } },
    dense: { title: 'after the dense layer', changes: { model: { dropout: { denseRate: 0.5 } } } },
    input: { title: 'on the input', changes: { model: { dropout: { inputRate: 0.1 } } } },
    rising: {
      title: 'rising from the input on',
      changes: { model: { dropout: { inputRate: 0.1, rates: [0.25, 0.25], denseRate: 0.5 } } },
    },
  },
  comparisons: [
    { title: 'Dropout after convolutions', arms: ['convolutions', 'none'] },
    { title: 'Dropout after the dense layer', arms: ['dense', 'none'] },
    { title: 'Dropout on the input', arms: ['input', 'none'] },
    { title: 'Rates that rise, and dropout after convolutions alone', arms: ['rising', 'convolutions'] },
  ],
  seeds: [0, 1, 2],
});
