/** A batch that is asked for before it is needed: that it failed is said when it is. */
export const ahead = <T>(batch: T): T => {
  if (batch instanceof Promise) batch.catch(() => {});
  return batch;
};

/** What a promise gives, or the signal's reason when that comes first: the promise may never end. */
export const untilAborted = async <T>(value: T | Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  if (!(value instanceof Promise) || signal === undefined) return value;
  signal.throwIfAborted();
  let end: () => void = () => {};
  const aborted = new Promise<never>((_, reject) => {
    end = () => reject(signal.reason);
    signal.addEventListener('abort', end);
  });
  try {
    return await Promise.race([value, aborted]);
  } finally {
    signal.removeEventListener('abort', end);
  }
};
