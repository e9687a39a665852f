import type { Mistake } from '@dropout-lab/charts';
import type { NamedArray } from '@dropout-lab/contracts';

/** The pictures for which a run's model is needed, of an arm's first finished seed. */
export interface ArmGallery {
  readonly arm: string;
  readonly seed: number;
  /** Most confident first. */
  readonly mistakes: readonly Mistake[];
  /** The first convolution's, of shape [height, width, channels, filters]; undefined where it cannot be seen. */
  readonly kernel: NamedArray | undefined;
}

/** Beyond so many arms, galleries are left out: what a sweep compares is in its curves. */
export const MOST_GALLERIES = 6;
