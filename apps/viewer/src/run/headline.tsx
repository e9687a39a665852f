import { OVERFITTING_RULE } from '@dropout-lab/metrics';
import { overfittingInWords } from '@dropout-lab/study';
import { decimal, percent } from '../shared/format.ts';
import { gapAtEnd, type Summary } from '../shared/runs/summary.ts';
import './headline.css';

/** The metrics that a run is judged by. */
export const Headline = ({ summary }: { readonly summary: Summary }) => {
  const { best, lowestLoss, test, onset } = summary;
  return (
    <dl class="headline">
      <Metric
        name="Best validation accuracy"
        value={percent(best?.accuracy)}
        note={best && `epoch ${best.epoch}`}
      />
      <Metric
        name="Lowest validation loss"
        value={decimal(lowestLoss?.loss)}
        note={lowestLoss && `epoch ${lowestLoss.epoch}`}
      />
      <Metric
        name="Test accuracy"
        value={percent(test?.accuracy)}
        note={test && `loss ${decimal(test.loss)}`}
      />
      <Metric
        name="Overfitting"
        title={OVERFITTING_RULE}
        value={overfittingInWords({ onset, gap: gapAtEnd(summary) })}
      />
    </dl>
  );
};

const Metric = ({
  name,
  title,
  value,
  note,
}: {
  readonly name: string;
  /** Its meaning, shown on hover. */
  readonly title?: string;
  readonly value: string;
  readonly note?: string | undefined;
}) => (
  <div>
    <dt title={title}>{name}</dt>
    <dd>
      {value} {note && <span class="muted">{note}</span>}
    </dd>
  </div>
);
