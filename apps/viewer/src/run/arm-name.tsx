import { useState } from 'preact/hooks';
import { ArmLabel } from '../shared/charts/marks.tsx';
import { renameArm } from '../shared/runs/arm-names.ts';
import type { Arm } from '../shared/runs/arms.ts';

/** An arm's name, which can be changed for all its runs. */
export const ArmName = ({ arm }: { readonly arm: Arm }) => {
  const [isOpen, setOpen] = useState(false);
  if (!isOpen) {
    return (
      <>
        <ArmLabel arm={arm} />
        <button type="button" class="link" onClick={() => setOpen(true)}>
          Rename
        </button>
      </>
    );
  }
  return (
    <form
      class="arm-name"
      onSubmit={(event) => {
        event.preventDefault();
        renameArm(arm, String(new FormData(event.currentTarget).get('name')));
        setOpen(false);
      }}
    >
      <input
        name="name"
        type="text"
        maxLength={80}
        defaultValue={arm.label}
        aria-label="Name of all runs with these settings"
        placeholder="as its settings"
      />
      <button type="submit" class="button small">
        Save
      </button>
    </form>
  );
};
