import { OVERFITTING_RULE } from '@dropout-lab/metrics';
import { areaY, dot, lineY, type Markish, rect } from '@observablehq/plot';
import { armColour, armDashes, TRAINING_DASHES } from '../theme/colours.ts';
import type { Curve, CurvePoint } from './curve.ts';
import type { Range } from './curve-axes.ts';

/** Leaves out points that lie on the same pixels as others. */
export type Thin = (
  points: readonly CurvePoint[],
  yOf: (point: CurvePoint) => number,
) => readonly CurvePoint[];

/** Of more curves of validation than this neither gaps nor ground are tinted: the tints would cover each other. */
export const MOST_TINTED = 4;

/** More curves are drawn with thinner lines. */
const MANY = 8;

const yOf = ({ y }: CurvePoint): number => y;
const recordedOf = ({ y, raw = y }: CurvePoint): number => raw;

/** Returns the marks of curves, from the ground up. */
export const marksOf = (
  curves: readonly Curve[],
  { thin, ...range }: Range & { readonly thin: Thin },
): { readonly ground: Markish[]; readonly lines: Markish[] } => {
  const { from, to } = range;
  const isIn = (x: number) => x >= (from ?? x) && x <= (to ?? x);
  const isTinted = curves.filter(({ lowest }) => lowest !== undefined).length <= MOST_TINTED;
  // Gaps lie over each other.
  const strength = 1 / Math.sqrt(Math.max(1, curves.filter(({ training }) => training !== undefined).length));
  return {
    ground: isTinted
      ? curves.flatMap((curve) => [...gapOf(curve, thin, strength), ...overfittingOf(curve, range)])
      : [],
    lines: [
      ...curves.map((curve) => bandOf(curve, thin)),
      ...curves.flatMap((curve) => linesOf(curve, thin, curves.length > MANY)),
      ...curves.map((curve) => lowestOf(curve, isIn)),
    ],
  };
};

/** Returns the points of a curve at an x that is marked, where it is in range. */
export const pointsAt = (
  { points }: Curve,
  mark: number | undefined,
  isIn: (x: number) => boolean,
): readonly CurvePoint[] => points.filter(({ x }) => x === mark && isIn(x));

const bandOf = ({ points, arm }: Curve, thin: Thin): Markish =>
  areaY(
    thin(points, yOf).filter(({ band }) => band !== undefined),
    {
      x: 'x',
      y1: ({ band }: CurvePoint) => band!.lower,
      y2: ({ band }: CurvePoint) => band!.upper,
      fill: armColour(arm),
      fillOpacity: 0.16,
      clip: true,
    },
  );

const linesOf = ({ points, arm, dashed = false }: Curve, thin: Thin, areMany: boolean): Markish[] => {
  const line = { x: 'x', stroke: armColour(arm), clip: true } as const;
  const strokeDasharray = dashed ? TRAINING_DASHES : armDashes(arm);
  const isBroken = strokeDasharray !== undefined;
  return [
    ...(points.some(({ raw, y }) => raw !== undefined && raw !== y)
      ? [
          lineY(thin(points, recordedOf), {
            ...line,
            y: recordedOf,
            strokeWidth: 1,
            strokeOpacity: 0.3,
          }),
        ]
      : []),
    lineY(thin(points, yOf), {
      ...line,
      y: 'y',
      strokeWidth: areMany ? (isBroken ? 1.75 : 1.25) : dashed ? 1.5 : 2,
      ...(isBroken && { strokeDasharray }),
    }),
  ];
};

/** Between validation and training, with more of the tint from where it overfits. */
const gapOf = ({ points, training = [], arm, onset }: Curve, thin: Thin, strength: number): Markish[] => {
  const trained = new Map(training.map(({ x, y }) => [x, y]));
  const common = thin(points, yOf).filter(({ x }) => trained.has(x));
  const gap = (of: readonly CurvePoint[], fillOpacity: number) =>
    areaY(of, {
      x: 'x',
      y1: 'y',
      y2: ({ x }: CurvePoint) => trained.get(x)!,
      fill: armColour(arm),
      fillOpacity: Number((strength * fillOpacity).toFixed(3)),
      clip: true,
    });
  if (common.length < 2) return [];
  const late = common.filter(({ x }) => onset !== undefined && x >= onset);
  return [gap(common, 0.08), ...(late.length > 1 ? [gap(late, 0.12)] : [])];
};

/** From the onset of overfitting to the end of the curve; beside a gap, which is tinted itself, it only says what that is. */
const overfittingOf = ({ points, training, arm, onset }: Curve, { from, to }: Range): Markish[] => {
  if (!points.some(({ x }) => x === onset)) return [];
  const [x1, x2] = [Math.max(onset!, from ?? onset!), Math.min(points.at(-1)!.x, to ?? points.at(-1)!.x)];
  if (x1 >= x2) return [];
  return [
    rect([{ x1, x2 }], {
      x1: 'x1',
      x2: 'x2',
      fill: armColour(arm),
      fillOpacity: training === undefined ? 0.09 : 0,
      title: () => OVERFITTING_RULE,
    }),
  ];
};

const lowestOf = (curve: Curve, isIn: (x: number) => boolean): Markish =>
  dot(pointsAt(curve, curve.lowest, isIn), {
    x: 'x',
    y: 'y',
    fill: armColour(curve.arm),
    stroke: 'var(--paper)',
    strokeWidth: 1.5,
    r: 5.5,
  });
