import { z } from 'zod';
import { countOrZero, nonNegative, number } from '../settings/numbers.ts';
import { setting } from '../settings/settings.ts';

const monitor = setting(
  z.enum(['loss', 'accuracy', 'val_loss', 'val_accuracy']).default('val_loss'),
  'Metric to watch',
);
const minDelta = (defaultValue: number) =>
  setting(nonNegative.default(defaultValue), 'Smallest change that counts as an improvement');
const patience = (defaultValue: number, effect: string) =>
  setting(countOrZero.default(defaultValue), `Epochs without an improvement after which ${effect}`, {
    unit: 'epochs',
  });

const earlyStopping = z.strictObject({
  name: z.literal('early_stopping'),
  monitor,
  minDelta: minDelta(0),
  patience: patience(0, 'training stops'),
  restoreBestWeights: setting(z.boolean().default(false), 'End with the weights of the best epoch'),
});

const reduceLROnPlateau = z.strictObject({
  name: z.literal('reduce_lr_on_plateau'),
  monitor,
  factor: setting(
    number({ above: 0, below: 1 }).default(0.1),
    'Factor that the learning rate is multiplied by',
  ),
  patience: patience(10, 'the learning rate falls'),
  minDelta: minDelta(1e-4),
  cooldown: setting(countOrZero.default(0), 'Epochs to wait after a reduction before watching again', {
    unit: 'epochs',
  }),
  minLearningRate: setting(nonNegative.default(0), 'Lowest learning rate'),
});

const stopAtTarget = z
  .strictObject({
    name: z.literal('stop_at_target'),
    monitor,
    target: setting(nonNegative, 'Value at which training stops: the least accuracy, or the largest loss'),
  })
  .superRefine(({ monitor, target }, context) => {
    if (!monitor.endsWith('accuracy') || target <= 1) return;
    context.addIssue({
      code: 'custom',
      path: ['target'],
      message: `expected at most 1 for ${monitor}, received ${target}: an accuracy is a share, such as 0.9`,
    });
  });

/** The callbacks, by Keras's names and with its defaults where Keras has them. */
export const callbackSchema = z.discriminatedUnion('name', [earlyStopping, reduceLROnPlateau, stopAtTarget]);

/** A callback with its settings. */
export type CallbackConfig = z.output<typeof callbackSchema>;
/** The name of a callback. */
export type CallbackName = CallbackConfig['name'];
