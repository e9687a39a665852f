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
  reference: {
    source: 'the tutorial, read off its plots (2019; single runs, no seeds)',
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
});
