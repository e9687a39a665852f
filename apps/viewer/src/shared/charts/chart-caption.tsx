import type { ChartFormat } from './save-chart.ts';

interface ChartCaptionProps {
  readonly title: string;
  /** Ends a zoom; left out where all is shown. */
  readonly onShowAll: (() => void) | undefined;
  readonly onSave: (format: ChartFormat) => void;
}

/** A chart's title, and what can be done with the chart. */
export const ChartCaption = ({ title, onShowAll, onSave }: ChartCaptionProps) => (
  <figcaption>
    <h2>{title}</h2>
    <span class="chart-actions">
      {onShowAll && (
        <button type="button" class="link" onClick={onShowAll}>
          Show all
        </button>
      )}
      <button type="button" class="link" onClick={() => onSave('svg')}>
        SVG
      </button>
      <button type="button" class="link" onClick={() => onSave('png')}>
        PNG
      </button>
    </span>
  </figcaption>
);
