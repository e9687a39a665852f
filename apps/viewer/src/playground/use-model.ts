import { useEffect, useState } from 'preact/hooks';
import type { PlaygroundModel } from '../shared/compute/built-model.ts';
import type { ComputeThread } from '../shared/compute/compute-thread.ts';
import type { ModelDropout, NetworkLayer } from '../shared/compute/playground.ts';
import type { Compute } from './use-compute.ts';

/** A thread that has a model open. */
export interface OpenModel {
  readonly thread: ComputeThread;
  readonly model: PlaygroundModel;
  readonly dropout: ModelDropout;
  readonly layers: readonly NetworkLayer[];
  /** Another number each time a model is opened. */
  readonly id: number;
}

let openings = 0;

/** Opens the model in the thread, and again when the weights or the thread change. */
export const useModel = (
  compute: Compute,
  model: PlaygroundModel | undefined,
  onError: (error: Error) => void,
): OpenModel | undefined => {
  const [opened, setOpened] = useState<OpenModel>();
  const thread = compute.state === 'ready' ? compute.thread : undefined;
  useEffect(() => {
    if (!thread || !model) return;
    thread
      .call((services) => services.open(model))
      .then((about) => setOpened({ thread, model, ...about, id: ++openings }))
      .catch(onError);
  }, [thread, model]);
  return opened?.thread === thread && opened?.model === model ? opened : undefined;
};
