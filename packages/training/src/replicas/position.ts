import type { Batch, LossConfig } from '@dropout-lab/contracts';
import type { CustomLoss } from '../losses/custom-loss.ts';
import type { SliceGroup } from './slice-exchange.ts';
import type { SumTree } from './sum-tree.ts';

/** The place of a slice in its batch. */
export interface BatchRows {
  /** The slice's first row within its batch. */
  readonly rowOffset: number;
  /** Rows of the whole batch. */
  readonly batchSize: number;
}

/** The position of a slice in its batch and in training; masks and the mean over the batch depend on it. */
export interface SlicePosition extends BatchRows {
  /** Updates made before this step, from 0. */
  readonly step: number;
  /** The loss to minimize; Keras's categorical crossentropy when left out. */
  readonly loss?: LossConfig | CustomLoss | undefined;
  /** Whether to return the logits too, for metrics of the user's own. */
  readonly withLogits?: boolean | undefined;
  /** Factor from 0 to 1 of every dropout rate in this step; 1 when left out. */
  readonly rateFactor?: number | undefined;
}

/** The position of consecutive parts of a batch, whose slices are computed together. */
export interface PartsPosition extends SlicePosition {
  /** The parts; the first one begins at `rowOffset`. */
  readonly parts: readonly SumTree[];
  /** The threads that compute the other parts; undefined when these are the whole batch. */
  readonly group?: SliceGroup | undefined;
}

/** The position of a slice in a pass of Monte Carlo dropout; masks depend on it alone. */
export interface SampledPosition extends BatchRows {
  /** The number of the pass, from 0: its masks are those of the layers' seeds at this step. */
  readonly step: number;
  /** The batch's first row among all images. */
  readonly firstImage: number;
  /** Factor, above 0, of every dropout rate; 1 when left out. */
  readonly rateFactor?: number | undefined;
}

/** Returns the place of a slice that is a whole batch. */
export const wholeOf = ({ size }: Batch): BatchRows => ({ rowOffset: 0, batchSize: size });
