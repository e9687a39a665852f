import type { Predictions, RunConfig, RunEvent, RunManifest } from '@dropout-lab/contracts';
import { proxy } from 'comlink';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type ComputeThread, startComputeThread } from '../../shared/compute/compute-thread.ts';
import { ThreadEndedError } from '../../shared/compute/thread.ts';
import { imagesOnPage } from '../../shared/images/on-page.ts';
import { originOf } from '../../shared/images/origin.ts';
import { type Summary, summaryOf } from '../../shared/runs/summary.ts';
import { type LiveRun, newLiveRun, withLiveEvents } from '../../train/results/live-run.ts';

/** A training of this step. */
export interface Training {
  readonly state: 'none' | 'training' | 'ended';
  /** Undefined until it has begun. */
  readonly run: Summary | undefined;
  /** The trained model's answers to the images, once it has ended. */
  readonly answers: Predictions | undefined;
  readonly error: string | undefined;
  readonly start: (config: RunConfig) => void;
}

/** The curves are drawn again at most this often. */
const REDRAW_MS = 150;

/** Trains in a thread of its own, by the trainer of Train here, as long as the step is shown. */
export const useTraining = (name: string): Training => {
  const [state, setState] = useState<Training['state']>('none');
  const [live, setLive] = useState<LiveRun>();
  const [answers, setAnswers] = useState<Predictions>();
  const [error, setError] = useState<string>();
  const current = useRef<ComputeThread>(undefined);
  useEffect(() => () => current.current?.end(), []);

  const start = async (config: RunConfig): Promise<void> => {
    current.current?.end();
    const thread = startComputeThread();
    current.current = thread;
    setState('training');
    setLive(undefined);
    setAnswers(undefined);
    setError(undefined);
    let waiting: RunEvent[] = [];
    const flush = (): void => {
      const events = waiting;
      waiting = [];
      if (current.current === thread) setLive((run) => run && withLiveEvents(run, events));
    };
    const listener = proxy({
      begun: (manifest: RunManifest): void => setLive(newLiveRun(name, manifest)),
      event: (event: RunEvent): void => {
        if (waiting.length === 0) setTimeout(flush, REDRAW_MS);
        waiting.push(event);
      },
      images: imagesOnPage,
    });
    const request = { config, backend: 'wasm', images: originOf(config.dataset), runs: 1 } as const;
    try {
      await thread.call((services) => services.trainRun(request, listener));
      const found = await thread.call((services) => services.predictions());
      flush();
      setAnswers(found);
      setState('ended');
    } catch (failure) {
      if (failure instanceof ThreadEndedError) return;
      setError(`Training failed: ${(failure as Error).message}`);
      setState('none');
    } finally {
      thread.end();
    }
  };
  return {
    state,
    run: live && summaryOf(live.digest),
    answers,
    error,
    start: (config) => void start(config),
  };
};
