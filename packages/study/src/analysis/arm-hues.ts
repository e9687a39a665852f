/** The hue of an arm with dropout, in the report and on every page. */
export const WITH_DROPOUT = 0;
/** The hue of an arm without. */
export const WITHOUT_DROPOUT = 1;

/** Returns whether a model's description has a dropout rate above zero, whatever its preset. */
export const hasDropout = (model: unknown): boolean => {
  if (typeof model !== 'object' || model === null) return false;
  return Object.entries(model).some(([key, value]) =>
    /rate$/i.test(key) ? typeof value === 'number' && value > 0 : hasDropout(value),
  );
};

/**
 * Returns the hues of arms: the first with dropout and the first without have theirs everywhere, and the others those that are
 * left, in their order.
 *
 * @param models A description of each arm's model.
 * @param hues Number of hues that there are; from then on they are used again.
 */
export const armHues = (models: readonly unknown[], hues = Number.POSITIVE_INFINITY): number[] => {
  const dropped = models.map(hasDropout);
  const [first, plain] = [dropped.indexOf(true), dropped.indexOf(false)];
  const isTaken = (hue: number): boolean =>
    (first !== -1 && hue === WITH_DROPOUT) || (plain !== -1 && hue === WITHOUT_DROPOUT);
  let next = 0;
  const hueOf = (count: number): number => (hues === Number.POSITIVE_INFINITY ? count : count % hues);
  return models.map((_, i) => {
    if (i === first) return WITH_DROPOUT;
    if (i === plain) return WITHOUT_DROPOUT;
    while (isTaken(hueOf(next))) next++;
    return hueOf(next++);
  });
};
