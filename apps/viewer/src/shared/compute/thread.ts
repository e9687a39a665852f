import { type Remote, wrap } from 'comlink';
import { raceSignal } from 'race-signal';

/** The reason why a call to a thread has no result: the page has ended the thread. */
export class ThreadEndedError extends Error {
  override readonly name = 'ThreadEndedError';
}

/** A thread that offers services. */
export interface Thread<Services> {
  /**
   * The result of a call; a rejection when the thread could not be loaded, has failed outside of any call, or was
   * ended ({@link ThreadEndedError}).
   */
  call<T>(call: (services: Remote<Services>) => Promise<T>): Promise<T>;
  /** Aborted when the thread is gone, with the reason. */
  readonly gone: AbortSignal;
  /** Ends it at once. */
  end(): void;
}

/** Wraps a worker as a thread that offers services. */
export const threadOf = <Services>(worker: Worker): Thread<Services> => {
  const controller = new AbortController();
  worker.addEventListener('error', (event) =>
    controller.abort(new Error(event.message || 'the code of a thread is missing, or the connection failed')),
  );
  const services = wrap<Services>(worker);
  return {
    call: (call) => raceSignal(call(services), controller.signal),
    gone: controller.signal,
    end: () => {
      worker.terminate();
      controller.abort(new ThreadEndedError('the thread was ended'));
    },
  };
};
