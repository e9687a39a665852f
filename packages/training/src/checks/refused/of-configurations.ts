import { layers, sequential } from '@tensorflow/tfjs-layers';
import { defineCallback } from '../../index.ts';
import { dense, endingIn, type RefusedGroup } from './case.ts';

const whenGoodEnough = defineCallback({
  name: 'good_enough',
  settings: {},
  create: () => ({ monitor: 'top3' }),
});

export const ofConfigurations: RefusedGroup = {
  title: 'Of a configuration',
  cases: [
    {
      what: 'early stopping on validation without validation images',
      config: {
        callbacks: [
          {
            name: 'early_stopping',
            monitor: 'val_loss',
            patience: 0,
            minDelta: 0,
            restoreBestWeights: false,
          },
        ],
      },
      message:
        'callbacks: early_stopping: expected a metric that is measured (loss, accuracy), found val_loss, and no validation images: pass some, or watch loss',
    },
    {
      what: 'a callback that watches a metric that does not exist',
      options: { callbacks: [whenGoodEnough()] },
      message: 'callbacks: good_enough: expected a metric that is measured (loss, accuracy), found top3',
    },
    {
      what: 'a callback that watches the accuracy of a regression',
      build: () => endingIn(dense({ units: 1, activation: 'linear' })),
      config: {
        loss: { name: 'mean_squared_error' },
        callbacks: [
          {
            name: 'early_stopping',
            monitor: 'accuracy',
            patience: 0,
            minDelta: 0,
            restoreBestWeights: false,
          },
        ],
      },
      batch: () => ({ labels: new Float32Array(4) }),
      message: 'callbacks: early_stopping: expected a metric that is measured (loss), found accuracy',
      when: 'epoch',
    },
    {
      what: 'another number of class weights than classes',
      config: { classWeight: [1, 2] },
      message: 'classWeight: expected 3 numbers of at least 0, one for each class, found [1,2]',
    },
    {
      what: 'balanced class weights, where not all labels are known',
      config: { classWeight: 'balanced' },
      message: 'classWeight: expected a number for each class, found "balanced"',
    },
    {
      what: 'class weights where targets are not classes',
      config: { classWeight: [1, 2, 3] },
      batch: () => ({ labels: new Float32Array(12).fill(1 / 3) }),
      message: 'classWeight: expected class indices as labels, found numbers',
      when: 'batch',
    },
    {
      what: 'class weights where each step of a sequence has a class, or of a regression',
      build: () =>
        sequential({
          layers: [layers.reshape({ targetShape: [12, 6], inputShape: [6, 6, 2] }), dense()],
        }),
      config: { classWeight: [1, 2, 3] },
      message: 'classWeight: expected a model with one class for each image, found outputs of shape [12,3]',
    },
    {
      what: 'an invalid number of epochs',
      config: { epochs: Number.NaN },
      message: 'epochs: expected a whole number above 0, found NaN',
    },
    {
      what: 'an invalid number of steps',
      config: { maxSteps: 2.5 },
      message: 'maxSteps: expected a whole number above 0, or null, found 2.5',
    },
    {
      what: 'a weight group of weights that the model does not have',
      config: { weightGroups: [{ weights: ['conv/bias', 'conv/beta'] }] },
      message:
        'weightGroups[0].weights[1]: expected the path of a weight that is trained, or a pattern with * for any text (conv/kernel, conv/bias, dense/kernel, dense/bias), received "conv/beta"',
    },
    {
      what: 'weight groups that freeze all weights',
      config: { weightGroups: [{ weights: ['*'], learningRateFactor: 0 }] },
      message:
        'weightGroups: expected a weight that is trained, found a learningRateFactor of 0 for every one',
    },
    {
      what: 'the weight decay of a group where the optimizer has none',
      config: { weightGroups: [{ weights: ['*'], weightDecay: 0.1 }] },
      message: 'weightGroups[0].weightDecay: expected null, since adam has no weight decay, found 0.1',
    },
    {
      what: 'a setting of a weight group, an optimizer or an average that does not exist, or is out of range',
      config: { averaging: { name: 'ema', momentum: 2 } },
      message: 'averaging: momentum: expected a number from 0 to 1, received 2',
    },
    {
      what: 'a dropout schedule of a model without dropout',
      config: { dropoutSchedule: { name: 'early' } },
      message:
        'dropoutSchedule: expected a layer with a dropout rate above 0, which early changes over training, found none',
    },
    {
      what: 'a replica of another model',
      withOtherReplica: true,
      message: 'replica: expected one of the model to train',
    },
    {
      what: 'a learning rate that is not a number',
      config: { schedule: () => Number.NaN },
      message: 'schedule: expected a learning rate of at least 0 for step 1, found NaN',
      when: 'batch',
    },
  ],
};
