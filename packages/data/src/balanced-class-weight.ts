/**
 * Returns the factors by which all classes count alike in training: `n / (k n_c)` for each class, of n images n_c of the class,
 * and of k classes that have any, as scikit-learn's `compute_class_weight('balanced')`. A class without images has 1.
 *
 * @param labels Class indices of the images that are trained on.
 */
export const balancedClassWeight = (labels: ArrayLike<number>, classes: number): number[] => {
  const counts = new Array<number>(classes).fill(0);
  for (let i = 0; i < labels.length; i++) counts[labels[i]!]!++;
  const present = counts.filter((count) => count > 0).length;
  return counts.map((count) => (count === 0 ? 1 : labels.length / (present * count)));
};
