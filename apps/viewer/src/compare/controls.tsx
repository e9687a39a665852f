import { TypedInput } from '../shared/controls/typed-input.tsx';
import type { RunOverview } from '../shared/runs/catalogue.ts';
import { show, view } from '../shared/state.ts';
import { isGrouped } from './groups.ts';
import './controls.css';

/** The choices of how curves are drawn. */
export const Controls = ({ shown }: { readonly shown: readonly RunOverview[] }) => {
  const { x, smooth, log, from, to } = view.value;
  const group = isGrouped(view.value, shown);
  return (
    <div class="controls">
      <label>
        Over
        <select
          value={x}
          onChange={({ currentTarget }) =>
            show({ x: currentTarget.value as 'epoch' | 'time', from: null, to: null })
          }
        >
          <option value="epoch">epochs</option>
          <option value="time">minutes of training</option>
        </select>
      </label>
      <label>
        Smoothing
        <input
          type="range"
          min="0"
          max="0.95"
          step="0.05"
          value={smooth}
          onInput={({ currentTarget }) => show({ smooth: Number(currentTarget.value) })}
        />
        <output>{smooth.toFixed(2)}</output>
      </label>
      <label>
        <input type="checkbox" checked={group} onChange={() => show({ group: !group })} />
        Mean of each arm
      </label>
      <label>
        <input type="checkbox" checked={log} onChange={() => show({ log: !log })} />
        Losses on a log scale
      </label>
      <span class="range">
        <label for="zoom-from">
          From
          <TypedInput
            id="zoom-from"
            type="number"
            step="any"
            text={`${from ?? ''}`}
            onText={(text) => show({ from: numberOrNull(text) })}
          />
        </label>
        <label for="zoom-to">
          to
          <TypedInput
            id="zoom-to"
            type="number"
            step="any"
            text={`${to ?? ''}`}
            onText={(text) => show({ to: numberOrNull(text) })}
          />
        </label>
        <button
          type="button"
          class="button small"
          disabled={from === null && to === null}
          onClick={() => show({ from: null, to: null }, true)}
        >
          Show all
        </button>
      </span>
    </div>
  );
};

const numberOrNull = (text: string): number | null =>
  text === '' || Number.isNaN(Number(text)) ? null : Number(text);
