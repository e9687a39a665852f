import type { Batch, BatchSource, Targets } from '@dropout-lab/contracts';

/**
 * The batches of a source, of which the next can be asked for before it is needed, and is then the one that is returned for
 * its place.
 *
 * @returns A function that returns a place's batch. An error of the source, thrown or not, is a rejection.
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
