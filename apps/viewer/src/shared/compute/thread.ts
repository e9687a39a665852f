import { type Remote, wrap } from 'comlink';
import { createLifeline } from './lifeline.ts';

/** Why a call to a thread came to nothing: whoever had started the thread has ended it. */
export class ThreadEndedError extends Error {
  override readonly name = 'ThreadEndedError';
}

/** A thread that offers services. */
export interface Thread<Services> {
  /**
   * The answer to a call; a rejection when the thread could not be loaded, has failed outside of any call, or was
   * ended ({@link ThreadEndedError}).
   */
  ask<T>(call: (services: Remote<Services>) => Promise<T>): Promise<T>;
  /** The same for work that hangs on the thread by another way than a call. */
  hold<T>(work: Promise<T>): Promise<T>;
  /** Ends it at once, and what it holds. */
  end(): void;
}

export const threadOf = <Services>(worker: Worker): Thread<Services> => {
  const { hold, cut } = createLifeline();
  worker.addEventListener('error', (event) =>
    cut(new Error(event.message || 'the code of a thread is missing, or the connection failed')),
  );
  const services = wrap<Services>(worker);
  return {
    ask: (call) => hold(call(services)),
    hold,
    end: () => {
      worker.terminate();
      cut(new ThreadEndedError('the thread was ended'));
    },
  };
};
