import { ArmLabel } from '../shared/charts/marks.tsx';
import { dateAndTime } from '../shared/format.ts';
import { armOf } from './arm-label.ts';
import { cutOff, forgetTraining } from './kept-training.ts';
import { continueTraining } from './training.ts';
import './cut-off.css';

/** Offers to continue what was trained when the page was left. */
export const CutOff = () => {
  const kept = cutOff.value;
  if (kept === null) return null;
  const { runs, start } = kept;
  const hasEnded = runs.every((run) => run.hasEnded);
  const savedAt = new Date(Math.max(...runs.map((run) => run.savedAt))).toISOString();
  return (
    <section class="note cut-off" aria-labelledby="cut-off-title">
      <h2 id="cut-off-title">{hasEnded ? 'Your last training is still here' : 'A training was cut off'}</h2>
      <p>
        {hasEnded
          ? 'This browser has kept it with its curves and weights.'
          : 'This browser has kept its last checkpoint. It continues from there to the same numbers as if it had never stopped.'}
      </p>
      <ul>
        {runs.map((run) => (
          <li key={run.arm}>
            <ArmLabel arm={armOf({ name: run.arm, config: run.config })} />{' '}
            <span class="muted">{run.hasEnded ? 'ended' : `epoch ${run.epoch} of ${run.config.epochs}`}</span>
          </li>
        ))}
      </ul>
      <p class="muted small">{dateAndTime(savedAt)}</p>
      <div class="actions">
        <button type="button" class="button primary" onClick={() => continueTraining(kept)}>
          {hasEnded ? 'Show it' : 'Continue'}
        </button>
        <button type="button" class="button" onClick={() => forgetTraining(start)}>
          Discard
        </button>
      </div>
    </section>
  );
};
