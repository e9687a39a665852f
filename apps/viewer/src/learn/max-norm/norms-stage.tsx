import { useEffect, useRef, useState } from 'preact/hooks';
import { useAnnounced } from '../../shared/controls/announcements.tsx';
import { ErrorMessage } from '../../shared/controls/error-message.tsx';
import { Slider } from '../parts/slider.tsx';
import { NormBars } from './norm-bars.tsx';
import { STEPS, UNITS, WEIGHTS } from './norms.ts';
import { useNormTraining } from './use-norm-training.ts';
import './norms-stage.css';

const FIRST_LIMIT = 1.75;
/** Time after the last change of the limit until it is trained with. */
const SETTLED_MS = 400;

/** Two trainings side by side, which differ in the limit alone. */
export const NormsStage = () => {
  const [limit, setLimit] = useState(FIRST_LIMIT);
  const free = useNormTraining();
  const limited = useNormTraining();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const isTraining = free.isTraining || limited.isTraining;
  const start = (chosen: number): void => {
    free.start(null);
    limited.start(chosen);
  };
  const change = (chosen: number): void => {
    setLimit(chosen);
    clearTimeout(timer.current);
    if (free.after) timer.current = setTimeout(() => start(chosen), SETTLED_MS);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  const about =
    free.after && !isTraining
      ? `${STEPS} steps each, from the same weights and with the same masks.`
      : `A bar for each of the ${UNITS} units of the dense layer: the norm of its ${WEIGHTS.toLocaleString('en-US')} incoming weights.`;
  useAnnounced(about);
  return (
    <>
      <div class="norms-pair">
        <NormBars title="No limit" norms={free.after?.norms} limit={limit} isLimited={false} />
        <NormBars
          title={`Max-norm ${limit.toFixed(2)}`}
          norms={limited.after?.norms}
          limit={limit}
          isLimited
        />
      </div>
      <div class="stage-controls">
        <button type="button" class="button primary" disabled={isTraining} onClick={() => start(limit)}>
          {isTraining ? 'Training …' : free.after ? 'Train again' : 'Train'}
        </button>
        <Slider
          label="Limit"
          value={limit}
          min={1}
          max={2.5}
          step={0.25}
          text={limit.toFixed(2)}
          onInput={change}
        />
      </div>
      <ErrorMessage message={free.error ?? limited.error} />
      <p class="muted small">{about}</p>
    </>
  );
};
