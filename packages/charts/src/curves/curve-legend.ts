import type { LegendItem } from '../parts/legend.ts';
import { armColour, armDashes, TRAINING_DASHES } from '../theme/colours.ts';
import type { Curve } from './curve.ts';
import { MOST_TINTED } from './curve-marks.ts';

/** Returns what the lines and marks of curves are. */
export const legendOf = (curves: readonly Curve[]): LegendItem[] => {
  const colour = 'var(--muted)';
  const items = new Map<string, LegendItem>();
  let arePairs = false;
  for (const { label, arm, dashed } of curves) {
    const name = `${arm} ${label}`;
    // An arm's two curves under one name: a line for the arm, and which of them is training.
    if (items.has(name)) arePairs ||= dashed === true;
    else
      items.set(name, {
        label,
        colour: armColour(arm),
        key: 'line',
        dashes: dashed ? TRAINING_DASHES : armDashes(arm),
      });
  }
  const isMarked = (mark: 'lowest' | 'onset') =>
    curves.some((curve) => curve.points.some(({ x }) => x === curve[mark]));
  const isTinted =
    isMarked('onset') && curves.filter(({ lowest }) => lowest !== undefined).length <= MOST_TINTED;
  return [
    ...items.values(),
    ...(arePairs
      ? [
          { label: 'validation', colour, key: 'line' } as const,
          { label: 'training', colour, key: 'line', dashes: TRAINING_DASHES } as const,
        ]
      : []),
    ...(isMarked('lowest') ? [{ label: 'lowest validation loss', colour, key: 'circle' } as const] : []),
    ...(isTinted ? [{ label: 'overfitting', colour: 'var(--grid)', key: 'bar' } as const] : []),
  ];
};
