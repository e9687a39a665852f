/** A point of a curve. */
export interface CurvePoint {
  /** Epoch from 1, or minutes of training. */
  readonly x: number;
  /** The value that the line goes through: of a run, a mean over runs, or smoothed. */
  readonly y: number;
  /** As it was recorded, where `y` is smoothed: a faint line. */
  readonly raw?: number | undefined;
  /** Confidence band of a mean. */
  readonly band?: { readonly lower: number; readonly upper: number } | undefined;
}

/** A curve of a chart. */
export interface Curve {
  readonly label: string;
  /** Place among the arms, which gives its colour. */
  readonly arm: number;
  /** The name at its end, where it is labelled there: none if empty, its label when left out. */
  readonly end?: string;
  /** Drawn with dashes: training, where validation is in the same chart. */
  readonly dashed?: boolean;
  /** By rising x. */
  readonly points: readonly CurvePoint[];
  /** Of validation, the curve of training beside it: the gap between the two is tinted. */
  readonly training?: readonly CurvePoint[] | undefined;
  /** x of lowest validation loss: a circle on the curve, with a label. */
  readonly lowest?: number | undefined;
  /** x from which the model overfits: from there on the gap has more of the arm's tint, or the ground where there is no gap. */
  readonly onset?: number | undefined;
}
