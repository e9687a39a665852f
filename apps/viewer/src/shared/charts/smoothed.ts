/**
 * Exponential moving mean `m += (1 - weight) * (v - m)`, divided by the weight of the values so far, so that it
 * starts at the first value (the bias correction of Kingma & Ba 2015, section 3).
 *
 * @param weight Of the past, 0..1; 0 leaves the values as they are.
 */
export const smoothed = (values: readonly number[], weight: number): number[] => {
  let mean = 0;
  let mass = 0;
  return values.map((value) => {
    mean = weight * mean + (1 - weight) * value;
    mass = weight * mass + (1 - weight);
    return mean / mass;
  });
};
