/**
 * The result of work that cannot end any more once something is gone, such as a thread or a graphics processor: the work's
 * own, or a rejection with the signal's reason as soon as that is aborted.
 */
export const abortable = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  // Not a race with one promise for the end, which would keep every result until then.
  new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort);
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
