import { percent } from '../../shared/format.ts';
import { AccuracyAxis, AREA, HEIGHT, WIDTH, yOf } from './frame.tsx';
import type { RateArm, RateEpoch } from './rates.ts';

/** The least distance between two names, in the drawing's units. */
const APART = 15;

/** Training and validation accuracy of the runs of one rate, epoch by epoch. */
export const RateCurves = ({ arm: { rate, runs, training, validation } }: { readonly arm: RateArm }) => {
  const epochs = runs[0]!.history.length;
  const x = (epoch: number): number => AREA.left + ((epoch - 1) / (epochs - 1)) * (AREA.right - AREA.left);
  const line = (history: readonly RateEpoch[], metric: 'accuracy' | 'val_accuracy'): string =>
    history.map((row) => `${x(row.epoch).toFixed(1)},${yOf(row[metric]).toFixed(1)}`).join(' ');
  const middle = (yOf(training) + yOf(validation)) / 2;
  const half = Math.max(APART, Math.abs(yOf(training) - yOf(validation))) / 2;
  const sign = training >= validation ? 1 : -1;
  const label = `Rate ${rate}: training accuracy ${percent(training)}, validation accuracy ${percent(validation)} after ${epochs} epochs`;
  return (
    <figure class="rate-chart">
      <figcaption>{`Accuracy while it trains, rate ${rate.toFixed(1)}`}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
        <AccuracyAxis />
        {[1, 20, 40, epochs].map((epoch) => (
          <text
            key={epoch}
            x={x(epoch)}
            y={AREA.bottom + 16}
            text-anchor={epoch === epochs ? 'end' : 'middle'}
          >
            {epoch === epochs ? `epoch ${epoch}` : epoch}
          </text>
        ))}
        {runs.map(({ seed, history }) => (
          <g key={seed}>
            <polyline class="training" points={line(history, 'accuracy')} />
            <polyline points={line(history, 'val_accuracy')} />
          </g>
        ))}
        <text class="name" x={AREA.right} y={middle - sign * half - 8} text-anchor="end">
          training
        </text>
        <text class="name" x={AREA.right} y={middle + sign * half + 16} text-anchor="end">
          validation
        </text>
      </svg>
    </figure>
  );
};
