import { OVERFITTING_RULE } from '@dropout-lab/metrics';
import { overfittingInWords } from '@dropout-lab/study';
import { count, decimal, percent } from '../../shared/format.ts';
import { gapAtEnd, type Summary } from '../../shared/runs/summary.ts';

/** The metrics of a run that is trained on the page. */
export const ArmMetrics = ({ summary }: { readonly summary: Summary }) => {
  const { last, best, test, onset, progress } = summary;
  const rows: readonly (readonly [string, string])[] = [
    ['Images per second', progress?.imagesPerSecond === undefined ? '–' : count(progress.imagesPerSecond)],
    ['Training', `loss ${decimal(last?.loss)}, accuracy ${percent(last?.accuracy)}`],
    ['Validation', `loss ${decimal(last?.val_loss)}, accuracy ${percent(last?.val_accuracy)}`],
    ['Best validation accuracy', best ? `${percent(best.accuracy)} at epoch ${best.epoch}` : '–'],
    ['Test', test ? `loss ${decimal(test.loss)}, accuracy ${percent(test.accuracy)}` : '–'],
    ['Overfitting', overfittingInWords({ onset, gap: gapAtEnd(summary) })],
  ];
  return (
    <dl class="rows">
      {rows.map(([term, value]) => (
        <div key={term} title={term === 'Overfitting' ? OVERFITTING_RULE : undefined}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
};
