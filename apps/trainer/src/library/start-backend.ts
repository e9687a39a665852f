import type { StartedBackend } from '@dropout-lab/backend/node';
import { ConfigError } from '@dropout-lab/contracts';
import type { Backend, Platform } from './platform.ts';

/** Starts a backend, unless it runs already; undefined stands for the one that runs or, at first, `auto`. */
export type BackendStarter = (choice: Backend | undefined) => Promise<StartedBackend>;

/** Returns the one starter of a program, since TensorFlow.js has one backend at a time. */
export const backendStarter = ({ backends, startBackend }: Platform): BackendStarter => {
  let running: { readonly choice: Backend; readonly backend: Promise<StartedBackend> } | undefined;
  return async (choice) => {
    if (choice !== undefined && !backends.includes(choice)) {
      throw new ConfigError(
        `backend: expected one of ${backends.join(', ')} here, received ${JSON.stringify(choice)}`,
        ['backend'],
      );
    }
    const wanted = choice ?? running?.choice ?? 'auto';
    if (running?.choice !== wanted) running = { choice: wanted, backend: startBackend(wanted) };
    const started = running;
    try {
      return await started.backend;
    } catch (error) {
      // Another may be tried.
      if (running === started) running = undefined;
      throw error;
    }
  };
};
