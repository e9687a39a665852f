import { proxy } from 'comlink';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type ComputeThread, startComputeThread } from '../../shared/compute/compute-thread.ts';
import { ThreadEndedError } from '../../shared/compute/thread.ts';
import type { NormsAfterStep } from '../../shared/compute/training/norm-training.ts';
import { sampleImages } from '../../shared/images/sample.ts';
import { configWithLimit, LAYER } from './norms.ts';

interface NormTraining {
  /** The last step that is drawn; undefined before the first start. */
  readonly after: NormsAfterStep | undefined;
  readonly isTraining: boolean;
  readonly error: string | undefined;
  /** Trains with a limit, or without; a training that is under way ends. */
  readonly start: (limit: number | null) => void;
}

/** Trains in a thread of its own, and shows the norms once a frame, however many steps it takes meanwhile. */
export const useNormTraining = (): NormTraining => {
  const [after, setAfter] = useState<NormsAfterStep>();
  const [isTraining, setTraining] = useState(false);
  const [error, setError] = useState<string>();
  const current = useRef<ComputeThread>(undefined);
  useEffect(() => () => current.current?.end(), []);

  const start = (limit: number | null): void => {
    current.current?.end();
    const thread = startComputeThread();
    current.current = thread;
    setTraining(true);
    setError(undefined);
    let latest: NormsAfterStep | undefined;
    const draw = (): void => {
      if (current.current === thread && latest) setAfter(latest);
      latest = undefined;
    };
    const listener = proxy({
      norms: (found: NormsAfterStep): void => {
        if (latest === undefined) requestAnimationFrame(draw);
        latest = found;
      },
      sample: sampleImages,
    });
    thread
      .call((services) => services.trainForNorms(configWithLimit(limit), LAYER, listener))
      .catch((failure: Error) => {
        if (!(failure instanceof ThreadEndedError)) setError(`Training failed: ${failure.message}`);
      })
      .finally(() => {
        thread.end();
        if (current.current === thread) setTraining(false);
      });
  };
  return { after, isTraining, error, start };
};
