import { useState } from 'preact/hooks';
import { useAnnounced } from '../../shared/controls/announcements.tsx';
import { ErrorMessage } from '../../shared/controls/error-message.tsx';
import { verdictsOfArms } from '../../shared/runs/verdict.ts';
import { linkTo } from '../../shared/state.ts';
import { embeddedStep } from '../embed.ts';
import { Slider } from '../parts/slider.tsx';
import { LossChart } from './loss-chart.tsx';
import { cureOf, type Outcome, overfitOf } from './outcome.ts';
import { configAtRate, RATES } from './preset.ts';
import { type Training, useTraining } from './use-training.ts';
import './turn-stage.css';

const { epochs } = configAtRate(0);

/** First without dropout, then with it. */
export const TurnStage = () => {
  const [rate, setRate] = useState<number>(RATES.proposed);
  const [trainedRate, setTrainedRate] = useState<number>(RATES.proposed);
  const plain = useTraining('without');
  const dropped = useTraining('with');
  const isTraining = plain.state === 'training' || dropped.state === 'training';
  const label = `dropout ${trainedRate}`;
  return (
    <>
      <LossChart plain={plain.run} dropped={dropped.run} epochs={epochs} label={label} />
      <div class="stage-controls turn-controls">
        <button
          type="button"
          class="button primary"
          disabled={isTraining}
          onClick={() => plain.start(configAtRate(0))}
        >
          {plain.state === 'training' ? `Epoch ${(plain.run?.epochs ?? 0) + 1} of ${epochs}` : '1 · Overfit'}
        </button>
        <Slider
          label="Dropout rate"
          value={rate}
          min={RATES.least}
          max={RATES.most}
          step={0.1}
          text={rate.toFixed(1)}
          onInput={(value) => setRate(Math.round(value * 10) / 10)}
        />
        <button
          type="button"
          class="button primary"
          disabled={isTraining || plain.state !== 'ended'}
          onClick={() => {
            setTrainedRate(rate);
            dropped.start(configAtRate(rate));
          }}
        >
          {dropped.state === 'training' ? `Epoch ${(dropped.run?.epochs ?? 0) + 1} of ${epochs}` : '2 · Cure'}
        </button>
      </div>
      <ErrorMessage message={plain.error ?? dropped.error} />
      <Outcomes plain={plain} dropped={dropped} label={label} />
      {!embeddedStep(location.search) && (
        <p class="muted small hint">
          More settings, and pictures of CIFAR-10, are on the page <a href={linkTo('train')}>Train here</a>.
        </p>
      )}
    </>
  );
};

interface OutcomesProps {
  readonly plain: Training;
  readonly dropped: Training;
  readonly label: string;
}

/** The results of the trainings, whatever they are. */
const Outcomes = ({ plain, dropped, label }: OutcomesProps) => {
  const plainRun = plain.state === 'ended' ? plain.run : undefined;
  const droppedRun = dropped.state === 'ended' ? dropped.run : undefined;
  const outcomes = [
    ...(plainRun ? [overfitOf(plainRun)] : []),
    ...(plainRun && droppedRun ? [cureOf(plainRun, droppedRun)] : []),
  ];
  const answers = [plain, dropped].flatMap(({ run, answers }) =>
    run && answers ? [[run.name, answers] as const] : [],
  );
  const compared = [
    { label: 'no dropout', runs: plainRun ? [plainRun] : [] },
    { label, runs: droppedRun ? [droppedRun] : [] },
  ];
  const sentences = plainRun && droppedRun ? verdictsOfArms(compared, new Map(answers)) : [];
  useAnnounced([...outcomes.map(({ sentence }) => sentence), ...sentences].join(' '));
  return (
    <div class="turn-outcomes">
      {outcomes.map((outcome) => (
        <OutcomeText key={outcome.sentence} outcome={outcome} />
      ))}
      {sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </div>
  );
};

const OutcomeText = ({ outcome: { isReached, sentence } }: { readonly outcome: Outcome }) => (
  <p class={isReached ? 'turn-outcome reached' : 'turn-outcome'}>{sentence}</p>
);
