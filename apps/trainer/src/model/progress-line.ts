import { bar, duration } from '../command/format.ts';

/** The progress of work on images whose number is known when it begins. */
export interface ImageProgress {
  /** Counts images that have been answered. */
  add(images: number): void;
  /**
   * The line: `Pass 3 of 30 [=====>    ] 25000/310000 - ETA 1m 02s - 1990 img/s`. What may be left out where there is little room
   * comes last.
   */
  line(label: string): string;
}

/**
 * Returns the progress of work that begins now.
 *
 * @param total Images that will be answered, one that is seen several times counted as often.
 * @param now Milliseconds.
 */
export const createImageProgress = (total: number, now: () => number = Date.now): ImageProgress => {
  const start = now();
  let done = 0;
  return {
    add: (images) => {
      done += images;
    },
    line: (label) => {
      const rate = done / Math.max(0.001, (now() - start) / 1000);
      return [
        `${label} ${bar(done / total)} ${done}/${total}`,
        `ETA ${done === 0 ? '?' : duration((total - done) / rate)}`,
        `${Math.round(rate)} img/s`,
      ].join(' - ');
    },
  };
};
