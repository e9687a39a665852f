import { effect } from '@preact/signals';
import { summaryOf } from '../shared/runs/summary.ts';
import { view } from '../shared/state.ts';
import { type TrainingNow, trainingNow } from '../shared/training-now.ts';
import { armOf } from './arm-label.ts';
import { isPaused, type TrainedArm } from './arm-training.ts';
import { trainedArms } from './training.ts';

/** Whether an arm trains, or will. */
const isRunning = ({ status }: TrainedArm): boolean =>
  status.value.state === 'starting' || status.value.state === 'training';

const statusOf = (arms: readonly TrainedArm[]): TrainingNow => {
  const progress = arms.flatMap(({ run }) => (run.value && summaryOf(run.value.digest).progress) ?? []);
  // Of two that train side by side, the slower one.
  const [behind] = progress.sort((a, b) => a.share - b.share);
  const isFailed = arms.every(({ status }) => status.value.state === 'failed');
  return {
    state: arms.some(isRunning) ? (isPaused.value ? 'paused' : 'training') : isFailed ? 'failed' : 'ended',
    title: arms.map((arm) => armOf(arm).label).join(' and '),
    progress: behind && `epoch ${behind.epoch} of ${behind.epochs}`,
  };
};

/** Training whose end was seen on its own page is no news elsewhere. */
let seen: readonly TrainedArm[] = [];

effect(() => {
  const arms = trainedArms.value;
  if (arms.length === 0) {
    trainingNow.value = null;
    return;
  }
  const now = statusOf(arms);
  const isOver = now.state === 'ended' || now.state === 'failed';
  if (isOver && view.value.page === 'train') seen = arms;
  trainingNow.value = isOver && seen === arms ? null : now;
});

/** Asks before what trains is lost: browsers have a question of their own for that. */
const ask = (event: BeforeUnloadEvent): void => event.preventDefault();

effect(() => {
  // Only then: a page that listens is not kept for Back.
  if (trainedArms.value.some(isRunning)) addEventListener('beforeunload', ask);
  else removeEventListener('beforeunload', ask);
});
