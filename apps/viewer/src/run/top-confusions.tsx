import { useMemo } from 'preact/hooks';
import { count, percent } from '../shared/format.ts';
import { show, view } from '../shared/state.ts';
import './top-confusions.css';

interface TopConfusionsProps {
  /** Images by true class (rows) and predicted class (columns). */
  readonly confusion: readonly (readonly number[])[];
  readonly classNames: readonly string[];
}

/** The number of pairs that are listed. */
const PAIRS = 8;

/** The pairs of classes that are taken for each other most often; each shows its images. */
export const TopConfusions = ({ confusion, classNames }: TopConfusionsProps) => {
  const pairs = useMemo(
    () =>
      confusion
        .flatMap((row, actual) => {
          const total = row.reduce((sum, images) => sum + images, 0);
          return row.map((images, predicted) => ({ actual, predicted, images, share: images / total }));
        })
        .filter(({ actual, predicted, images }) => actual !== predicted && images > 0)
        .sort((a, b) => b.images - a.images)
        .slice(0, PAIRS),
    [confusion],
  );
  if (pairs.length === 0) return null;
  return (
    <section class="top-confusions" aria-labelledby="top-confusions-title">
      <h3 id="top-confusions-title">Top confusions</h3>
      <ol>
        {pairs.map(({ actual, predicted, images, share }) => (
          <li key={`${actual}-${predicted}`}>
            <button
              type="button"
              aria-pressed={view.value.cell === `${actual}-${predicted}`}
              onClick={() => show({ cell: `${actual}-${predicted}` })}
            >
              <span class="pair">
                {classNames[actual]} <span class="muted">as</span> {classNames[predicted]}
              </span>{' '}
              <span class="muted">{`${count(images)} · ${percent(share)}`}</span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
};
