import { linkTo, view } from '../state.ts';
import { type TrainingNow, trainingNow } from '../training-now.ts';
import './training-chip.css';

const words: Readonly<Record<TrainingNow['state'], string>> = {
  training: 'Training',
  paused: 'Paused',
  ended: 'Trained',
  failed: 'Training failed',
};

/** Says in the head of every other page what is trained, and leads there. */
export const TrainingChip = () => {
  const now = trainingNow.value;
  if (now === null || view.value.page === 'train') return null;
  const { state, title, progress } = now;
  return (
    <a class={`training-chip ${state}`} href={linkTo('train')} title={title}>
      <span class="dot" aria-hidden="true" />
      {words[state]}
      {progress !== undefined && <span class="muted">{progress}</span>}
    </a>
  );
};
