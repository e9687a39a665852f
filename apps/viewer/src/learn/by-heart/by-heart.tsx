import { useState } from 'preact/hooks';
import { useAnnounced } from '../../shared/controls/announcements.tsx';
import { ErrorMessage } from '../../shared/controls/error-message.tsx';
import { useLoaded } from '../../shared/controls/use-loaded.ts';
import { count, percent } from '../../shared/format.ts';
import type { Summary } from '../../shared/runs/summary.ts';
import { loadShippedRun } from '../live/shipped-run.ts';
import { PlayButton } from '../parts/play-button.tsx';
import { Slider } from '../parts/slider.tsx';
import { usePlay } from '../parts/use-play.ts';
import type { StepContentProps } from '../step.ts';
import { DotGrid } from './dot-grid.tsx';
import { GapChart } from './gap-chart.tsx';
import './by-heart.css';

/** Step 1: training and validation accuracy of a run without dropout, up to an epoch that one drags. */
export const ByHeart = ({ isNear }: StepContentProps) => {
  const run = useLoaded(isNear ? 'run' : null, () => loadShippedRun('no-dropout-seed-0'));
  return (
    <>
      <p class="step-words">
        <span class="hint">Drag the epoch.</span> The network sees the same pictures again and again, and
        knows more and more of them; with pictures that it has never seen, it soon gets hardly better. What
        opens between the two is the <dfn>generalization gap</dfn>.
      </p>
      <div class="stage">
        {run.state === 'ready' ? (
          <Gap run={run.value} />
        ) : run.state === 'failed' ? (
          <ErrorMessage message={run.reason} />
        ) : (
          <p class="stage-loading">Loading the run …</p>
        )}
      </div>
    </>
  );
};

/** Time of an epoch while they play. */
const EPOCH_MS = 130;

const Gap = ({ run }: { readonly run: Summary }) => {
  const { history } = run;
  const last = history.at(-1)!.epoch;
  const [epoch, setEpoch] = useState(1);
  const play = usePlay({ value: epoch, first: 1, last, milliseconds: EPOCH_MS, onValue: setEpoch });
  const choose = (value: number): void => {
    play.stop();
    setEpoch(value);
  };
  const { accuracy = 0, val_accuracy = 0 } = history.find((one) => one.epoch === epoch)!;
  const { trainImages, validationImages } = run.run.manifest.data;
  const sentence = sentenceOf(run, epoch, accuracy - val_accuracy);
  useAnnounced(play.isPlaying ? undefined : sentence);
  return (
    <>
      <div class="by-heart">
        <GapChart run={run} epoch={epoch} onEpoch={choose} />
        <div class="by-heart-dots">
          <DotGrid
            share={accuracy}
            title="Pictures it trained on"
            about={`of ${count(trainImages)} right`}
            isOpen
          />
          <DotGrid
            share={val_accuracy}
            title="Pictures it has never seen"
            about={`of ${count(validationImages)} right`}
          />
        </div>
      </div>
      <div class="stage-controls">
        <PlayButton isPlaying={play.isPlaying} label="Train" onClick={play.toggle} />
        <Slider label="Epoch" value={epoch} min={1} max={last} step={1} text={`${epoch}`} onInput={choose} />
      </div>
      <p class="by-heart-verdict">{sentence}</p>
    </>
  );
};

/** Returns what the epoch shows. */
const sentenceOf = ({ onset }: Summary, epoch: number, gap: number): string => {
  const apart = `Epoch ${epoch}: the gap is ${percent(Math.abs(gap)).replace('%', '')} points`;
  if (gap < 0)
    return `Epoch ${epoch}: no gap yet. It is better on new pictures, since training accuracy is a mean from the beginning of the epoch on.`;
  if (onset === undefined || epoch < onset) return `${apart}. What it learns still helps with new pictures.`;
  if (epoch === onset) return `${apart}. Here the loss on new pictures is lowest.`;
  return `${apart}. Since epoch ${onset} the loss on new pictures has been rising: the network overfits.`;
};
