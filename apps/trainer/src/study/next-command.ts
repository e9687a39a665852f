import { shownAddress } from '@dropout-lab/contracts';
import { invocationOf } from '../command/invocation.ts';
import { DEFAULT_STORE } from './store.ts';
import type { StudyRunOptions } from './study-options.ts';

/** Returns the command that reports a study which was run with these options. */
export const reportInvocation = (name: string, options: StudyRunOptions): string =>
  invocationOf(['report', name], placesOf(options));

/** Returns the command that continues a study as it was run. */
export const runInvocation = (name: string, options: StudyRunOptions): string => {
  const { backend, kernels, revectorize, jobs, workers, queue } = options;
  return invocationOf(['study', 'run', name], {
    ...placesOf(options),
    backend: backend === 'auto' ? undefined : backend,
    kernels,
    revectorize,
    jobs: jobs === 1 ? undefined : jobs,
    workers,
    queue: queue === undefined ? undefined : shownAddress(queue),
  });
};

/** Seeds are not written, since the store remembers them; nor mirrors, since the images have been fetched. */
const placesOf = ({ store, dataDir }: StudyRunOptions) => ({
  store: store === DEFAULT_STORE ? undefined : store,
  'data-dir': dataDir,
});
