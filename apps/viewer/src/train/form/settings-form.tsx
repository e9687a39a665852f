import { useState } from 'preact/hooks';
import type { View } from '../../shared/address.ts';
import { BackendSelect } from '../../shared/controls/backend-select.tsx';
import { ErrorMessage } from '../../shared/controls/error-message.tsx';
import { show, view } from '../../shared/state.ts';
import { isPaused } from '../arm-training.ts';
import { OwnPictures } from '../own-images/own-pictures.tsx';
import { COMPARED } from '../settings.ts';
import {
  isChecking,
  pauseTraining,
  resetTraining,
  resumeTraining,
  stopTraining,
  trainedArms,
} from '../training.ts';
import { type Field, groups } from './fields.ts';
import { currentFields, formError, refusals, startFromForm } from './form.ts';
import { SettingField } from './setting-field.tsx';
import './settings-form.css';

/** The settings of the runs that are trained on the page, from the settings' descriptions. */
export const SettingsForm = () => {
  const fields = currentFields();
  const more = fields.filter(({ isUsual }) => !isUsual);
  return (
    <form
      class="settings"
      // A refused setting has the command's sentence beside its field.
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const form = event.currentTarget;
        // The refused fields are drawn by then.
        void startFromForm().then(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
      }}
    >
      <ArmsSelect />
      <Groups fields={fields.filter(({ isUsual }) => isUsual)} />
      <OwnPictures />
      <More fields={more} />
      <BackendSelect auto="the fastest here" />
      <Actions />
      {isChecking.value && <p class="muted small">Checking the settings …</p>}
      <ErrorMessage message={formError.value} />
    </form>
  );
};

const ArmsSelect = () => (
  <label>
    <span>Train</span>
    <select
      value={view.value.arms}
      onChange={({ currentTarget }) => show({ arms: currentTarget.value as View['arms'] })}
    >
      <option value="both">both, side by side</option>
      <option value="with">with dropout</option>
      <option value="without">without dropout</option>
    </select>
  </label>
);

const Groups = ({ fields }: { readonly fields: readonly Field[] }) => (
  <>
    {groups
      .map((group) => ({ group, own: fields.filter((field) => field.group === group) }))
      .filter(({ own }) => own.length > 0)
      .map(({ group, own }) => (
        <fieldset key={group}>
          <legend>{group}</legend>
          {own.map((field) => (
            <SettingField
              key={field.flag.name}
              field={field}
              disabled={field.flag.name === COMPARED && view.value.arms === 'without'}
            />
          ))}
        </fieldset>
      ))}
  </>
);

/** The less usual settings, shown at first only where one of them is not the default. */
const More = ({ fields }: { readonly fields: readonly Field[] }) => {
  const names = fields.map(({ flag }) => flag.name);
  const [isOpen, setOpen] = useState(names.some((name) => name in view.value.values));
  // A refused setting is never hidden.
  const isRefused = names.some((name) => name in refusals.value);
  return (
    <details open={isOpen || isRefused} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>More settings</summary>
      <Groups fields={fields} />
    </details>
  );
};

const Actions = () => {
  const states = trainedArms.value.map(({ status }) => status.value.state);
  const isRunning = states.some((state) => state === 'starting' || state === 'training');
  return (
    <div class="actions">
      <button type="submit" class={isRunning ? 'button' : 'button primary'}>
        {trainedArms.value.length === 0 ? 'Train' : 'Train again'}
      </button>
      {isRunning && (
        <>
          <button type="button" class="button" onClick={isPaused.value ? resumeTraining : pauseTraining}>
            {isPaused.value ? 'Resume' : 'Pause'}
          </button>
          <button type="button" class="button" onClick={stopTraining}>
            Stop
          </button>
        </>
      )}
      {trainedArms.value.length > 0 && (
        <button type="button" class="button" onClick={resetTraining}>
          Reset
        </button>
      )}
    </div>
  );
};
