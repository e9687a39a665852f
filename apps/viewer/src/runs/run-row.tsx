import { useComputed } from '@preact/signals';
import { ArmLabel, Sparkline, StatusBadge } from '../shared/charts/marks.tsx';
import { count, counted, dateAndTime, decimal, duration, percent } from '../shared/format.ts';
import type { RunOverview } from '../shared/runs/catalogue.ts';
import { arms, linkTo } from '../shared/state.ts';
import { ticked } from './ticked.ts';

interface RunRowProps {
  readonly overview: RunOverview;
  readonly isShown: boolean;
}

/** A run in the table. It is drawn again only when it changes itself: it reads no signal that changes more often. */
export const RunRow = ({ overview, isShown }: RunRowProps) => {
  const { name, run, best, lowestLoss, last, epochs, accuracies, seconds, progress } = overview;
  const arm = arms.value.get(name);
  const isTicked = useComputed(() => ticked.value.has(name)).value;
  const tick = () => {
    const next = new Set(ticked.peek());
    if (!next.delete(name)) next.add(name);
    ticked.value = next;
  };
  return (
    <tr class={isTicked ? 'ticked' : undefined} hidden={!isShown}>
      <td class="tick">
        <label class="target">
          <input type="checkbox" aria-label={`Pick ${name}`} checked={isTicked} onChange={tick} />
        </label>
      </td>
      <td class="status-cell">
        <StatusBadge summary={overview} />
      </td>
      <th scope="row" class="name">
        <a href={linkTo('run', { runs: [name] })}>{name}</a>
        <span class="muted">
          {`${dateAndTime(run.manifest.createdAt)} · seed ${run.manifest.config.seed}`}
        </span>
      </th>
      <td class="arm-cell">
        <ArmLabel arm={arm} />
      </td>
      <td class="numeric" data-label="Best">
        {percent(best?.accuracy)}
        {best && <span class="muted"> at {best.epoch}</span>}
      </td>
      <td class="numeric" data-label="Last">
        {percent(last?.val_accuracy)}
      </td>
      <td class="numeric" data-label="Lowest loss">
        {decimal(lowestLoss?.loss)}
        {lowestLoss && <span class="muted"> at {lowestLoss.epoch}</span>}
      </td>
      <td class="numeric" data-label="Loss">
        {decimal(last?.val_loss)}
      </td>
      <td class="curve">
        <Sparkline
          values={accuracies}
          arm={arm?.color ?? 0}
          label={`validation accuracy over ${counted(epochs, 'epoch')}`}
        />
      </td>
      <td class="numeric" data-label="Time">
        {duration(seconds)}
        {progress?.imagesPerSecond !== undefined && (
          <span class="muted"> {count(progress.imagesPerSecond)}/s</span>
        )}
      </td>
    </tr>
  );
};
