/** The hue of an arm with dropout, in the report and on every page. */
export const WITH_DROPOUT = 0;
/** The hue of an arm without. */
export const WITHOUT_DROPOUT = 1;

/** Number of hues of the palette of charts, which draws the report; a study is analyzed without charts. */
export const HUES = 8;

/** Returns whether a model's description has a dropout rate above zero, whatever its preset. */
export const hasDropout = (model: unknown): boolean => {
  if (typeof model !== 'object' || model === null) return false;
  return Object.entries(model).some(([key, value]) =>
    /rate$/i.test(key) ? typeof value === 'number' && value > 0 : hasDropout(value),
  );
};

/**
 * Returns the places of arms in the palette, which give them their hues and, of more arms than hues, their dashes. The first
 * with dropout and the first without have theirs everywhere and alone, and the others those that are left, in their order.
 *
 * @param models A description of each arm's model.
 * @param hues Number of hues that there are: places so far apart have the same.
 */
export const armHues = (models: readonly unknown[], hues: number): number[] => {
  const dropped = models.map(hasDropout);
  const [first, plain] = [dropped.indexOf(true), dropped.indexOf(false)];
  const isTaken = (place: number): boolean =>
    (first !== -1 && place % hues === WITH_DROPOUT) || (plain !== -1 && place % hues === WITHOUT_DROPOUT);
  let next = 0;
  return models.map((_, i) => {
    if (i === first) return WITH_DROPOUT;
    if (i === plain) return WITHOUT_DROPOUT;
    while (isTaken(next)) next++;
    return next++;
  });
};
