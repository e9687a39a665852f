import { useEffect, useState } from 'preact/hooks';
import type { PlaygroundModel } from '../compute/playground.ts';
import type { Compute } from './use-compute.ts';

type Services = Extract<Compute, { state: 'ready' }>['services'];

interface OpenModel {
  /** Another for each model and each start of a thread. */
  readonly key: string;
  /** There once the model is. */
  readonly services: Services | undefined;
}

/** Has the thread open a model; of each thread once, since a page has one model. */
export const useModel = (
  compute: Compute,
  model: PlaygroundModel | undefined,
  onFault: (fault: Error) => void,
): OpenModel => {
  const start = compute.state === 'ready' ? compute.start : 0;
  const [opened, setOpened] = useState(0);
  useEffect(() => {
    if (compute.state !== 'ready' || !model) return;
    compute.services.open(model).then(() => setOpened(start), onFault);
  }, [start, model !== undefined]);
  const isOpen = compute.state === 'ready' && opened === start;
  return { key: String(start), services: isOpen ? compute.services : undefined };
};
