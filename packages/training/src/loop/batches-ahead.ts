import type { Batch, BatchSource, Targets } from '@dropout-lab/contracts';

/**
 * Reads batches of a source, the next one before it is needed: the last batch that was read is kept and returned again.
 *
 * @returns A function from a place to its batch. An error that the source throws becomes a rejection.
 */
export const batchesAhead = <Labels extends Targets>(source: BatchSource<Labels>) => {
  type Requested = Batch<Labels> | Promise<Batch<Labels>>;
  let latest: { readonly epoch: number; readonly index: number; readonly batch: Requested } | undefined;
  const request = (epoch: number, index: number): Requested => {
    try {
      return source.batch(epoch, index);
    } catch (error) {
      return Promise.reject(error);
    }
  };
  return (epoch: number, index: number): Requested => {
    if (latest?.epoch !== epoch || latest.index !== index) {
      latest = { epoch, index, batch: request(epoch, index) };
      // A rejection is handled by the step that awaits the batch, maybe later.
      if (latest.batch instanceof Promise) latest.batch.catch(() => {});
    }
    return latest.batch;
  };
};
