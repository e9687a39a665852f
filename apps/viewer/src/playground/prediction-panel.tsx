import { MOST_DROPPED } from '../shared/address.ts';
import type { ModelDropout } from '../shared/compute/playground.ts';
import { show } from '../shared/state.ts';
import { Predictions } from './predictions.tsx';
import type { Compute } from './use-compute.ts';
import { PASSES, type Passes } from './use-passes.ts';

interface PredictionPanelProps {
  readonly title: string;
  readonly compute: Compute;
  readonly passes: Passes;
  readonly classNames: readonly string[];
  /** The true class of the picture, where it is known. */
  readonly label: number | null;
  /** Undefined before the model is open. */
  readonly dropout: ModelDropout | undefined;
  /** The dropout rate of the masks; null for the model's own. */
  readonly rate: number | null;
  readonly onDraw: () => void;
}

/** The class that the model predicts for the picture, and the rate of the masks. */
export const PredictionPanel = ({
  title,
  compute,
  passes: { plain, masked },
  classNames,
  label,
  dropout,
  rate,
  onDraw,
}: PredictionPanelProps) => {
  // Not known before the model is loaded, unless it is chosen.
  const shownRate = rate ?? dropout?.rate;
  return (
    <section aria-label="Prediction" aria-busy={!plain.isCurrent}>
      <h2>{title}</h2>
      <Predictions classNames={classNames} label={label} plain={plain.value} masked={masked.value} />
      <div class="rate">
        <label>
          <span>Dropout rate</span>
          <input
            type="range"
            min="0"
            max={MOST_DROPPED}
            step="0.05"
            value={shownRate ?? 0}
            disabled={shownRate === undefined || dropout?.isAdjustable === false}
            onInput={({ currentTarget }) => show({ masked: currentTarget.valueAsNumber })}
          />
          <output>{shownRate === undefined ? '–' : shownRate.toFixed(2)}</output>
        </label>
        <button
          type="button"
          class="button"
          disabled={(masked.value?.maskedMaps ?? []).length === 0}
          onClick={onDraw}
        >
          Draw other masks
        </button>
      </div>
      <Speed compute={compute} passes={{ plain, masked }} />
    </section>
  );
};

const Speed = ({ compute, passes: { plain, masked } }: Pick<PredictionPanelProps, 'compute' | 'passes'>) => (
  <div class="muted small">
    <p class="what-computes">
      {compute.state === 'starting' && 'Loading TensorFlow.js …'}
      {compute.state === 'ready' && compute.reason}
    </p>
    {plain.value && masked.value && compute.state === 'ready' && (
      <p>{`The plain pass took ${plain.value.milliseconds.toFixed(0)} ms, ${PASSES} masked ones ${masked.value.milliseconds.toFixed(0)} ms.`}</p>
    )}
  </div>
);
