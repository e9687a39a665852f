import { sweep } from '../src/study/sweep.ts';

/** The tutorial's advice: determine the rate with a validation set. */
export const dropoutRate = {
  ...sweep([{ setting: 'dropout', values: [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8] }], { epochs: 20 }),
  name: 'dropout-rate',
  title: 'The dropout rate, chosen on the validation set',
  description:
    'The network of the tutorial with nine dropout rates, 20 epochs each. The rate is to be chosen by validation; the test images are for the model that is chosen.',
};
