/** A cell of a confusion matrix. */
export interface ConfusionCell {
  /** Places in `classNames`. */
  readonly actual: number;
  readonly predicted: number;
  readonly count: number;
  /** Of the images of the actual class, 0..1. */
  readonly share: number;
}
