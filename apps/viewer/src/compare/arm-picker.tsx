import { chosenLines } from '../shared/charts/highlighted.tsx';
import { ArmLabel } from '../shared/charts/marks.tsx';
import type { Summary } from '../shared/runs/summary.ts';
import { overviews, show } from '../shared/state.ts';
import { groupsOf } from './groups.ts';
import './arm-picker.css';

const choose = (lines: ReadonlySet<string> = new Set()): void => {
  chosenLines.value = lines;
};

/** The arms of all runs, to be shown or not; the lines of one that is pointed at stand out. */
export const ArmPicker = ({ shown }: { readonly shown: readonly Summary[] }) => (
  <fieldset class="arm-picker">
    <legend class="hidden">Arms</legend>
    {groupsOf(overviews.value).map(([arm, group]) => {
      const names = group.map(({ name }) => name);
      const lines = new Set([arm.key, ...names]);
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
          // A finger leaves nothing chosen, and a click of the mouse leaves the focus here when the pointer goes on.
          onPointerEnter={({ pointerType }) => pointerType === 'mouse' && choose(lines)}
          onPointerLeave={() => choose()}
          onFocus={({ currentTarget }) => currentTarget.matches(':focus-visible') && choose(lines)}
          onBlur={() => choose()}
        >
          <ArmLabel arm={arm} />
          <span class="muted">{group.length}</span>
        </button>
      );
    })}
  </fieldset>
);
