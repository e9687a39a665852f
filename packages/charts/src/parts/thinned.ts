/**
 * Returns of the points that share a pixel's width the lowest and the highest, in their order: the line through them covers
 * the same pixels as the line through all; a run of thousands of epochs has several points for each pixel.
 *
 * @param points By rising x.
 * @param width Of the range from first to last x, in pixels.
 * @param yOf Returns the value that the line goes through.
 */
export const thinned = <P extends { readonly x: number }>(
  points: readonly P[],
  first: number,
  last: number,
  width: number,
  yOf: (point: P) => number,
): readonly P[] => {
  if (points.length <= 2 * width || !(last > first)) return points;
  const kept: P[] = [];
  const column = ({ x }: P): number => Math.floor(((x - first) / (last - first)) * width);
  for (let start = 0, end = 0; start < points.length; start = end) {
    const at = column(points[start]!);
    let [low, high] = [start, start];
    for (end = start; end < points.length && column(points[end]!) === at; end++) {
      const value = yOf(points[end]!);
      if (value < yOf(points[low]!)) low = end;
      if (value > yOf(points[high]!)) high = end;
    }
    // The ends of the curve are where it begins and ends.
    const indices = [start === 0 ? 0 : low, low, high, end === points.length ? end - 1 : high];
    for (const i of [...new Set(indices)].sort((a, b) => a - b)) kept.push(points[i]!);
  }
  return kept;
};
