/** A test image that a model got wrong. */
export interface Mistake {
  /** Position in the test set. */
  readonly image: number;
  /** `data:` URL of a PNG. Square pixels are to be drawn into it: not every reader of SVG can enlarge without blur. */
  readonly src: string;
  readonly actual: string;
  readonly predicted: string;
  /** Probability of the predicted class, 0..1. */
  readonly confidence: number;
}

/** What only a run's model can show, of an arm's first finished seed. */
export interface ArmGallery {
  readonly arm: string;
  readonly seed: number;
  /** Most confident first. */
  readonly mistakes: readonly Mistake[];
  /** `data:` URLs of PNGs, as of mistakes. */
  readonly filters: readonly string[];
}

/** Beyond so many arms, pictures of each arm are left out: what a sweep compares is in its curves. */
export const MOST_PORTRAITS = 6;
