import { parseRunConfig, type RunConfig } from '@dropout-lab/contracts';

/** A way to train the tutorial's model. */
export interface Scenario {
  /** Of files and of the report's rows. */
  readonly name: string;
  readonly summary: string;
  readonly config: RunConfig;
}

/** The norms of the initial kernels are about 1.4 along the axes of incoming weights: a limit of 1 binds at once. */
const bindingLimit = 1;

export const scenarios: readonly Scenario[] = [
  {
    name: 'tutorial',
    summary: 'the tutorial: Adam, dropout 0.5, max-norm 2 on axis 0',
    config: parseRunConfig({}),
  },
  {
    name: 'momentum',
    summary: 'SGD 0.01 with momentum 0.9',
    config: parseRunConfig({ optimizer: { name: 'sgd', momentum: 0.9 } }),
  },
  {
    name: 'max-norm-axis-0',
    summary: `max-norm ${bindingLimit} on axis 0`,
    config: parseRunConfig({ model: { maxNorm: { value: bindingLimit } } }),
  },
  {
    name: 'max-norm-all',
    summary: `max-norm ${bindingLimit} on axes [0, 1, 2]`,
    config: parseRunConfig({ model: { maxNorm: { value: bindingLimit, axis: [0, 1, 2] } } }),
  },
  {
    name: 'no-dropout',
    summary: 'no dropout',
    config: parseRunConfig({ model: { dropout: { rate: 0 } } }),
  },
];
