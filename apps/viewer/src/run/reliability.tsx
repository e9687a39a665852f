import type { EvaluationReport } from '@dropout-lab/contracts';
import { count, decimal, percent } from '../shared/format.ts';
import './reliability.css';

/** Width and height of the chart, in its own units. */
const SIDE = 240;

/** Accuracy by confidence, and the metrics of calibration. */
export const Reliability = ({ report }: { readonly report: EvaluationReport }) => (
  <div class="beside">
    <svg
      class="reliability"
      viewBox={`-34 -8 ${SIDE + 50} ${SIDE + 44}`}
      role="img"
      aria-label="Reliability chart: accuracy by confidence"
    >
      <rect width={SIDE} height={SIDE} class="ground" />
      {report.reliability.map(({ lower, upper, accuracy, count: images }) =>
        images === 0 ? null : (
          <rect
            key={lower}
            x={lower * SIDE + 1}
            y={SIDE * (1 - accuracy)}
            width={(upper - lower) * SIDE - 2}
            height={accuracy * SIDE}
            class="bar"
          >
            <title>{`${count(images)} images of confidence ${percent(lower, 0)} to ${percent(upper, 0)}: ${percent(accuracy)} right`}</title>
          </rect>
        ),
      )}
      <line x1="0" y1={SIDE} x2={SIDE} y2="0" class="ideal" />
      {[0, 0.5, 1].map((tick) => (
        <g key={tick}>
          <text x={tick * SIDE} y={SIDE + 16} text-anchor="middle">
            {percent(tick, 0)}
          </text>
          <text x="-6" y={SIDE * (1 - tick) + 4} text-anchor="end">
            {percent(tick, 0)}
          </text>
        </g>
      ))}
      <text x={SIDE / 2} y={SIDE + 32} text-anchor="middle">
        confidence
      </text>
    </svg>
    <div class="prose">
      <p>
        Expected calibration error <b>{percent(report.expectedCalibrationError)}</b>, Brier score{' '}
        <b>{decimal(report.brierScore, 3)}</b>
      </p>
      <p class="muted">
        A bar is how often the model is right at that confidence. Below the diagonal it is too sure, above it
        not sure enough.
      </p>
    </div>
  </div>
);
