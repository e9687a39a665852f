import { parseRunConfig, type RunConfig } from '@dropout-lab/contracts';
import type { View } from '../address.ts';

/** What the form on the page decides. */
export type LabSettings = Pick<
  View,
  'arms' | 'rate' | 'norm' | 'optimizer' | 'learning' | 'images' | 'batch' | 'epochs' | 'seed' | 'backend'
>;

/** One of the runs that are trained side by side. */
export type ArmName = 'with' | 'without';

/** Keras's, by optimizer. */
export const defaultLearningRates: Readonly<Record<View['optimizer'], number>> = { adam: 0.001, sgd: 0.01 };

/** The arms that are trained, in the order in which they are shown. */
export const armsIn = ({ arms }: Pick<LabSettings, 'arms'>): readonly ArmName[] =>
  arms === 'both' ? ['with', 'without'] : [arms];

/**
 * The tutorial's configuration with the settings of the form: what `dropout-lab train` trains from it has the same
 * start.
 *
 * @throws ConfigError when a setting is impossible.
 */
export const configOf = (settings: LabSettings, arm: ArmName): RunConfig => {
  const { rate, norm, optimizer, learning, images, batch, epochs, seed } = settings;
  return parseRunConfig({
    model: {
      dropout: { rate: arm === 'with' ? rate : 0 },
      maxNorm: norm === 0 ? null : { value: norm },
    },
    optimizer: { name: optimizer, learningRate: learning },
    limitTrain: images,
    batchSize: batch,
    epochs,
    seed,
  });
};

/** The command that trains the same in Node. */
export const commandOf = (settings: LabSettings, arm: ArmName): string => {
  const { rate, norm, optimizer, learning, images, batch, epochs, seed } = settings;
  return [
    'dropout-lab train',
    `--dropout ${arm === 'with' ? rate : 0}`,
    `--max-norm ${norm === 0 ? 'none' : norm}`,
    `--optimizer ${optimizer}`,
    `--learning-rate ${learning}`,
    `--limit-train ${images}`,
    `--batch-size ${batch}`,
    `--epochs ${epochs}`,
    `--seed ${seed}`,
  ].join(' ');
};
