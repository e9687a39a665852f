import { useMemo } from 'preact/hooks';
import { type Loaded, useLoaded } from '../shared/controls/use-loaded.ts';
import type { RunOverview } from '../shared/runs/catalogue.ts';
import { loadModel } from '../shared/runs/run-files.ts';
import { view } from '../shared/state.ts';
import { type Compute, useCompute } from './use-compute.ts';
import { type OpenModel, useModel } from './use-model.ts';
import { type Passes, usePasses } from './use-passes.ts';
import type { ShownPicture } from './use-picture.ts';

/** A trained model at work on a picture. */
interface Trained {
  readonly compute: Compute;
  readonly opened: OpenModel | undefined;
  readonly passes: Passes;
  /** Why it is not. */
  readonly problem: string | undefined;
}

/**
 * Loads the model of a run in a thread of its own, and has it look at a picture.
 *
 * @param draw Number of the draw of masks.
 */
export const useTrained = (
  { name, run: { manifest }, checkpoint }: RunOverview,
  shown: ShownPicture,
  draw: number,
): Trained => {
  const { config } = manifest;
  const { backend, masked: rate } = view.value;
  const [compute, onError] = useCompute(backend === 'auto' ? 'webgl' : backend);
  const weights: Loaded<Awaited<ReturnType<typeof loadModel>>['weights']> = useLoaded(
    `${name} ${checkpoint!.name} ${checkpoint!.epoch}`,
    async () => (await loadModel(name, checkpoint!.name)).weights,
  );
  const model = useMemo(
    () => (weights.state === 'ready' ? { config, weights: weights.value } : undefined),
    [weights],
  );
  const opened = useModel(compute, model, onError);
  const passes = usePasses({ opened, shown, rate, draw }, onError);
  const problem =
    compute.state === 'failed'
      ? compute.error
      : weights.state === 'failed'
        ? weights.reason
        : shown.images.state === 'failed'
          ? shown.images.reason
          : undefined;
  return { compute, opened, passes, problem };
};
