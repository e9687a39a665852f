/** Size of the drawings, in their own units. */
export const WIDTH = 400;
export const HEIGHT = 240;

export const AREA = { left: 34, right: WIDTH - 8, top: 10, bottom: HEIGHT - 30 } as const;

/** The highest accuracy that there is room for. */
const MOST = 1;

/** Returns the place of an accuracy. */
export const yOf = (accuracy: number): number => AREA.bottom - (accuracy / MOST) * (AREA.bottom - AREA.top);

/** The same accuracies at every rate, so that rates can be compared by eye. */
export const AccuracyAxis = () => (
  <g>
    {[0, 0.25, 0.5, 0.75, 1].map((accuracy) => (
      <g key={accuracy}>
        <line class="grid" x1={AREA.left} x2={AREA.right} y1={yOf(accuracy)} y2={yOf(accuracy)} />
        <text x={AREA.left - 6} y={yOf(accuracy)} dy="0.32em" text-anchor="end">
          {`${100 * accuracy}%`}
        </text>
      </g>
    ))}
  </g>
);
