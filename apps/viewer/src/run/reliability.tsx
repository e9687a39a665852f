import { reliabilityChart } from '@dropout-lab/charts';
import type { EvaluationReport } from '@dropout-lab/contracts';
import { useCallback } from 'preact/hooks';
import { Drawing } from '../shared/charts/drawing.tsx';
import { decimal, percent } from '../shared/format.ts';
import './reliability.css';

interface ReliabilityProps {
  readonly report: EvaluationReport;
  /** Position among the arms, which gives the colour. */
  readonly arm: number;
}

/** Accuracy by confidence, and the metrics of calibration. */
export const Reliability = ({ report, arm }: ReliabilityProps) => (
  <div class="beside">
    <Drawing
      class="reliability"
      draw={useCallback((width) => reliabilityChart(report.reliability, arm, { width }), [report, arm])}
    />
    <div class="prose">
      <p>
        Expected calibration error <b>{percent(report.expectedCalibrationError)}</b>, Brier score{' '}
        <b>{decimal(report.brierScore, 3)}</b>
      </p>
      <p class="muted">
        A bar is how often the model is right at that confidence. Below the line of the mean confidence it is
        too sure, above it not sure enough.
      </p>
    </div>
  </div>
);
