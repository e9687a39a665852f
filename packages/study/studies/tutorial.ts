import { defineStudy } from '../src/study/study.ts';

/** The three comparisons of "How to use Dropout with Keras?" (2019-12-18). */
export const tutorial = defineStudy({
  name: 'tutorial',
  title: 'Dropout, max-norm and the optimizer on CIFAR-10',
  description:
    'The comparisons of the tutorial “How to use Dropout with Keras?”: the same convolutional network with and without dropout, with and without max-norm, and with Adam or plain SGD.',
  arms: {
    dropout: { title: 'dropout' },
    // Max-norm stays: a comparison changes one thing. Study no-regularization has the arm without either.
    'no-dropout': { title: 'no dropout', changes: { model: { dropout: { rate: 0 } } } },
    'no-max-norm': { title: 'no max-norm', changes: { model: { maxNorm: null } } },
    // Keras's defaults: the tutorial does not name its arguments.
    sgd: {
      title: 'SGD instead of Adam',
      changes: { optimizer: { name: 'sgd', learningRate: 0.01, momentum: 0 } },
    },
  },
  comparisons: [
    { title: 'Dropout and no dropout', arms: ['dropout', 'no-dropout'] },
    { title: 'Max-norm and no max-norm', arms: ['dropout', 'no-max-norm'] },
    { title: 'Adam and SGD', arms: ['dropout', 'sgd'] },
  ],
  reference: [
    {
      source: 'the tutorial’s plots (2019; single runs, read off)',
      arms: {
        dropout: {
          val_accuracy: [0.753, 0.758, 0.761],
          val_loss: [0.74, 0.72, 0.73],
          note: 'loss still falling, no overfitting',
        },
        'no-dropout': {
          val_accuracy: [0.685],
          val_loss: [1.8],
          note: 'lowest validation loss .92 near epoch 8, best accuracy .699 at epochs 12 to 18',
        },
        'no-max-norm': {
          val_accuracy: [0.739],
          val_loss: [0.87],
          note: 'validation loss rising from .77: begins to overfit',
        },
        sgd: { val_accuracy: [0.581], val_loss: [1.215], note: 'far slower than Adam, still rising' },
      },
    },
    {
      source: 'Keras 3.15.1 on JAX (2026; seeds of its own)',
      arms: {
        dropout: {
          val_accuracy: [0.7527, 0.7508, 0.744, 0.7487, 0.7586, 0.7508],
          val_loss: [0.7637, 0.7704, 0.7831, 0.7601, 0.7329, 0.7616],
          test_accuracy: [0.742, 0.7457, 0.7365, 0.7408, 0.7525, 0.7437],
        },
        'no-dropout': {
          val_accuracy: [0.6917, 0.6841, 0.6665, 0.6842, 0.7197, 0.6941],
          val_loss: [1.6964, 1.7902, 1.8035, 1.7661, 1.7938, 1.6575],
          test_accuracy: [0.6925, 0.6735, 0.6604, 0.6821, 0.7149, 0.6955],
        },
        'no-max-norm': {
          val_accuracy: [0.751, 0.7507, 0.7332, 0.7476, 0.7517, 0.7406],
          val_loss: [0.8475, 0.8328, 0.8786, 0.8641, 0.8006, 0.8446],
          test_accuracy: [0.7329, 0.7409, 0.7353, 0.7348, 0.7404, 0.7303],
        },
        sgd: {
          val_accuracy: [0.5761, 0.5643, 0.5672, 0.5415, 0.5669, 0.5732],
          val_loss: [1.2372, 1.2474, 1.2584, 1.2896, 1.2325, 1.2493],
          test_accuracy: [0.5789, 0.569, 0.562, 0.5404, 0.5725, 0.5749],
        },
      },
    },
  ],
});
