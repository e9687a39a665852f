/** A figure of the user's own, beside loss and accuracy: for each step, each epoch and, as `val_<name>`, each validation. */
export interface Metric {
  /** In events and logs; neither `loss` nor `accuracy`, nor beginning with `val_`. */
  readonly name: string;
  /**
   * The mean over some images. Over a whole epoch it is the mean of the batches', by their number of images.
   *
   * @param logits float32 [images, classes], row by row.
   * @param labels Class indices.
   */
  readonly mean: (logits: Float32Array, labels: Uint8Array, numClasses: number) => number;
}
