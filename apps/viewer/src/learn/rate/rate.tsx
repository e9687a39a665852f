import { useState } from 'preact/hooks';
import { useAnnounced } from '../../shared/controls/announcements.tsx';
import { ErrorMessage } from '../../shared/controls/error-message.tsx';
import { useLoaded } from '../../shared/controls/use-loaded.ts';
import { count } from '../../shared/format.ts';
import { Slider } from '../parts/slider.tsx';
import type { StepContentProps } from '../step.ts';
import { RateCurves } from './rate-curves.tsx';
import { RateGaps } from './rate-gaps.tsx';
import { armsOfRates, loadRates, type Rates, verdictOfRate } from './rates.ts';
import './rate.css';

/** Step 4: training and validation of networks that differ in the dropout rate alone. */
export const Rate = ({ isNear }: StepContentProps) => {
  const rates = useLoaded(isNear ? 'rates' : null, loadRates);
  return (
    <>
      <p class="step-words">
        Ten networks learned the same pictures, each at a different <dfn>dropout rate</dfn>. With too little
        of it, the gap stays open; with too much, so little is left that nothing is learned.{' '}
        <span class="hint">Drag the rate.</span>
      </p>
      <div class="stage">
        {rates.state === 'ready' ? (
          <RateStage rates={rates.value} />
        ) : rates.state === 'failed' ? (
          <ErrorMessage message={rates.reason} />
        ) : (
          <p class="stage-loading">Loading the runs …</p>
        )}
      </div>
    </>
  );
};

const RateStage = ({ rates }: { readonly rates: Rates }) => {
  const arms = armsOfRates(rates);
  const [index, setIndex] = useState(0);
  const arm = arms[index]!;
  const verdict = verdictOfRate(rates, arm);
  const { trainImages, validationImages } = rates.data;
  useAnnounced(verdict.sentences.join(' '));
  return (
    <>
      <div class="rate-charts">
        <RateCurves arm={arm} />
        <RateGaps arms={arms} chosen={index} onChoose={setIndex} />
      </div>
      <div class="stage-controls">
        <Slider
          label="Dropout rate"
          value={arm.rate}
          min={0}
          max={arms.at(-1)!.rate}
          step={0.1}
          text={arm.rate.toFixed(1)}
          onInput={(value) => setIndex(Math.round(value * 10))}
        />
      </div>
      <div class="rate-verdict">
        {verdict.sentences.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
        {verdict.caveats.length > 0 && <p class="muted small">{verdict.caveats.join(' ')}</p>}
      </div>
      <p class="muted small">
        {`${count(trainImages)} pictures to learn, ${count(validationImages)} others to measure. Training accuracy is measured while it trains, with dropout on; validation accuracy with all of the network.`}
      </p>
      <details class="rate-made">
        <summary>How these runs were made</summary>
        <p class="muted small">
          <code>{rates.command}</code>
          {` · commit ${rates.commit} · ${rates.backend} · ${rates.cpu}`}
        </p>
      </details>
    </>
  );
};
