import { ByHeart } from './by-heart/by-heart.tsx';
import { Mask } from './mask/mask.tsx';
import { MaxNorm } from './max-norm/max-norm.tsx';
import { Networks } from './networks/networks.tsx';
import { Rate } from './rate/rate.tsx';
import type { Step } from './step.ts';
import { YourTurn } from './your-turn/your-turn.tsx';

/** The steps in their order. */
export const steps: readonly Step[] = [
  {
    name: 'by-heart',
    title: 'A network learns by heart',
    short: 'By heart',
    origin: 'Not computed here: the recorded history of a finished run that ships with this page.',
    question: 'After which epoch would you stop this training, and what does each later epoch still improve?',
    answer:
      'Around epoch 17, where the loss on unseen pictures is lowest. Later epochs improve the training pictures only: the network learns what is special about each of them, which no other picture has.',
    frameHeight: 760,
    Content: ByHeart,
  },
  {
    name: 'mask',
    title: 'One unit, one picture',
    short: 'One unit',
    origin: 'Computed now, in this browser, by a trained network that ships with this page.',
    question:
      'At rate 0.5, what is a unit that stays multiplied by? What would the next layer get without that factor, in training and in use?',
    answer:
      'By 2. Without it the next layer would get about half the sum in training that it gets in use, where nothing is dropped, and what it learned would not fit.',
    frameHeight: 1130,
    Content: Mask,
  },
  {
    name: 'networks',
    title: 'Thirty masks, thirty networks',
    short: 'Thirty networks',
    origin: 'Computed now, in this browser, by a trained network that ships with this page.',
    question:
      'Why do the thirty disagree, though their weights are the same? Which is nearer to their mean: a single one of them, or the whole network with dropout off?',
    answer:
      'Each works with different units, and so from different evidence. The whole network is nearer as a rule: it answers about as their mean would, in one pass instead of thirty. It is not exactly the mean: compare the two columns.',
    frameHeight: 870,
    Content: Networks,
  },
  {
    name: 'rate',
    title: 'How much to drop',
    short: 'The rate',
    origin: 'Not computed here: recorded histories of finished runs that ship with this page.',
    question:
      'Which rate would you choose, and by which of the two numbers, training or validation? At 0.7 there is no gap at all: is that the best rate?',
    answer:
      'One between 0.2 and 0.5, by validation: at 0.4 it is 55% where it is 49% without dropout. A closed gap is not a goal in itself: at 0.7 both numbers are 47%, because too little of the network is left to learn with.',
    frameHeight: 920,
    Content: Rate,
  },
  {
    name: 'max-norm',
    title: 'A limit for the weights',
    short: 'Max-norm',
    origin: 'Computed now, in this browser, on the 250 real pictures that ship with this page.',
    question:
      'What happens to a unit whose norm a step has taken above the limit? Do its weights change in direction?',
    answer:
      'All of its weights are multiplied by the same number, limit / norm, so that the norm is the limit again: the direction stays. Units below the limit are left as they are.',
    frameHeight: 720,
    Content: MaxNorm,
  },
  {
    name: 'your-turn',
    title: 'Your turn: overfit, then cure it',
    short: 'Your turn',
    origin: 'Computed now, in this browser, on shapes that it draws itself.',
    question: 'How do you see that the network is cured? Could the accuracy alone have said so?',
    answer:
      'The loss on new pictures no longer rises, and the gap is smaller. Accuracy alone says less: it may differ by no more than chance, while the loss shows that the wrong answers are given with less confidence.',
    frameHeight: 900,
    Content: YourTurn,
  },
];
