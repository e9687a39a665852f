/** Returns a batch that is asked for before it is needed: an error of it is reported when it is. */
export const ahead = <T>(batch: T): T => {
  if (batch instanceof Promise) batch.catch(() => {});
  return batch;
};
