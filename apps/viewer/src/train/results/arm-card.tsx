import { useState } from 'preact/hooks';
import { download } from '../../shared/charts/download.ts';
import { ArmLabel, StatusBadge } from '../../shared/charts/marks.tsx';
import { ErrorMessage } from '../../shared/controls/error-message.tsx';
import { type ImageOrigin, originOf } from '../../shared/images/origin.ts';
import { summaryOf } from '../../shared/runs/summary.ts';
import { show } from '../../shared/state.ts';
import { armOf } from '../arm-label.ts';
import { downloadArm, giveArm, isPaused, type TrainedArm } from '../arm-training.ts';
import { commandOf } from '../settings.ts';
import { ArmMetrics } from './arm-metrics.tsx';

/** In which respect training in Node is not quite the same, by the source of the images here. */
const inNodeInWords: Partial<Readonly<Record<ImageOrigin['kind'], string>>> = {
  sample: 'It trains from the same initial weights, on the official images, which this page does not have. ',
  here: 'It trains from the same initial weights, on the same pictures, which Node decodes to pixels that may differ by one level of 255. ',
};

/** A run that is trained on the page: its state, its metrics, and all that can be done with it. */
export const ArmCard = ({ arm }: { readonly arm: TrainedArm }) => {
  const { status, reason, run, config, notKept } = arm;
  const summary = run.value && summaryOf(run.value.digest);
  const [error, setError] = useState<string>();
  const isSaved =
    status.value.state !== 'failed' &&
    ((summary?.history.length ?? 0) > 0 || summary?.status === 'interrupted');
  const save = (): Promise<void> =>
    downloadArm(arm).then(
      (file) => download(file, `${run.value!.digest.manifest.id}.zip`),
      (error: Error) => setError(error.message),
    );
  /** Shows the run on the page for runs like it. */
  const look = (page: 'playground' | 'run'): Promise<void> =>
    giveArm(arm).then(
      (name) => show({ page, runs: [name] }),
      (error: Error) => setError(error.message),
    );
  return (
    <section class="card" aria-label={armOf(arm).label}>
      <h2>
        <ArmLabel arm={armOf(arm)} />
      </h2>
      {status.value.state === 'failed' ? (
        <ErrorMessage message={`Training failed: ${status.value.error}`} />
      ) : summary ? (
        <StatusBadge
          summary={
            isPaused.value && summary.status === 'running' ? { ...summary, status: 'paused' } : summary
          }
        />
      ) : (
        <p class="muted">Loading the images and the backend …</p>
      )}
      {summary?.ending !== undefined && <p class="small">{summary.ending}</p>}
      {summary && <ArmMetrics summary={summary} />}
      {reason.value && <p class="muted small">{reason.value}</p>}
      <div class="actions">
        <button type="button" class="button small" disabled={!isSaved} onClick={() => look('playground')}>
          Try it in the playground
        </button>
        <button type="button" class="button small" disabled={!isSaved} onClick={() => look('run')}>
          Its errors and weights
        </button>
        <button type="button" class="button small" disabled={!isSaved} onClick={save}>
          Download the run
        </button>
      </div>
      <ErrorMessage message={error} />
      {notKept.value !== undefined && (
        <p class="muted small">{`This browser does not keep the run in case you leave the page: ${notKept.value}`}</p>
      )}
      <details>
        <summary>The same in Node</summary>
        <pre>{commandOf(config)}</pre>
        <p class="muted small">
          {inNodeInWords[originOf(config.dataset).kind]}
          The download is a run directory: once it is unpacked, <code>dropout-lab evaluate</code> and{' '}
          <code>dropout-lab export</code> read it.
        </p>
      </details>
    </section>
  );
};
