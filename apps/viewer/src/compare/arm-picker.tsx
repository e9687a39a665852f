import { ArmLabel } from '../shared/charts/marks.tsx';
import type { Summary } from '../shared/runs/summary.ts';
import { overviews, show } from '../shared/state.ts';
import { groupsOf } from './groups.ts';
import './arm-picker.css';

/** The arms of all runs, to be shown or not. */
export const ArmPicker = ({ shown }: { readonly shown: readonly Summary[] }) => (
  <fieldset class="arm-picker">
    <legend class="hidden">Arms</legend>
    {groupsOf(overviews.value).map(([arm, group]) => {
      const names = group.map(({ name }) => name);
      const some = shown.some(({ name }) => names.includes(name));
      const toggle = () => {
        const others = shown.map(({ name }) => name).filter((name) => !names.includes(name));
        show({ runs: some ? others : [...others, ...names] });
      };
      return (
        <button
          key={arm.key}
          type="button"
          class="arm-chip"
          aria-pressed={some}
          disabled={some && names.length === shown.length}
          onClick={toggle}
        >
          <ArmLabel arm={arm} />
          <span class="muted">{group.length}</span>
        </button>
      );
    })}
  </fieldset>
);
