import type { Setting } from '@dropout-lab/contracts';
import type { ComponentType } from 'preact';
import { TypedInput } from '../../shared/controls/typed-input.tsx';
import { titleOfChoice } from '../../shared/settings/setting-words.ts';
import type { Field } from './fields.ts';
import { refusals, setSetting, values } from './form.ts';

interface ControlProps {
  readonly field: Field;
  /** The value as it is in the address; empty for the default. */
  readonly text: string;
  /** Attributes of every control. */
  readonly common: {
    readonly id: string;
    readonly disabled: boolean;
    readonly 'aria-describedby': string;
    readonly 'aria-invalid': boolean;
  };
}

/** A setting of the form: its name, its control, its help, and the reason why a value is refused. */
export const SettingField = ({ field, disabled }: { readonly field: Field; readonly disabled?: boolean }) => {
  const { flag, setting, label, isUsual } = field;
  const refusal = refusals.value[flag.name];
  const text = refusal?.text ?? values.value[flag.name] ?? '';
  const id = `setting-${flag.name}`;
  const [helpId, errorId] = [`${id}-help`, `${id}-error`];
  const Control = controls[setting.kind];
  return (
    <div class="setting">
      <label for={id} title={setting.description}>
        {label}
      </label>
      <Control
        field={field}
        text={text}
        common={{
          id,
          disabled: disabled ?? false,
          'aria-describedby': refusal ? `${helpId} ${errorId}` : helpId,
          'aria-invalid': refusal !== undefined,
        }}
      />
      <p id={helpId} class={isUsual ? 'hidden' : 'help'}>
        {setting.description}
      </p>
      {refusal && (
        <p id={errorId} class="error" role="alert">
          {refusal.error}
        </p>
      )}
    </div>
  );
};

/** Returns the step of a number's arrows: the setting's own, a twentieth for fractions, else any. */
const stepOf = ({ min, max, step }: Setting['range']): number | 'any' =>
  step ?? (min === 0 && max === 1 ? 0.05 : 'any');

const NumberControl = ({ field, text, common }: ControlProps) => {
  const { flag, setting, label, byDefault, placeholder } = field;
  const isNone = text === 'none';
  const { min, max } = setting.range;
  const input = (
    <TypedInput
      {...common}
      type="number"
      min={min}
      max={max}
      step={stepOf(setting.range)}
      disabled={common.disabled || isNone}
      placeholder={isNone ? 'none' : placeholder}
      text={isNone ? '' : text}
      onText={(typed, isDone) => setSetting(flag, typed, isDone)}
    />
  );
  // Where none is the default, the field is empty.
  if (setting.none === undefined || byDefault === 'none') return input;
  return (
    <span class="or-none">
      {input}
      <label>
        <input
          type="checkbox"
          aria-label={`${label}: none`}
          disabled={common.disabled}
          checked={isNone}
          onChange={({ currentTarget }) => setSetting(flag, currentTarget.checked ? 'none' : '')}
        />
        none
      </label>
    </span>
  );
};

const ChoiceControl = ({ field: { flag, setting, byDefault }, text, common }: ControlProps) => (
  <select
    {...common}
    value={text || byDefault}
    onChange={({ currentTarget }) => setSetting(flag, currentTarget.value)}
  >
    {(setting.kind === 'switch' ? ['no', 'yes', ...setting.choices] : setting.choices).map((choice) => (
      <option key={choice} value={choice}>
        {titleOfChoice(setting.path, choice)}
      </option>
    ))}
  </select>
);

const SwitchControl = ({ field: { flag, byDefault }, text, common }: ControlProps) => (
  // Around it for fingers alone: its name is beside it.
  <label class="target">
    <input
      {...common}
      type="checkbox"
      checked={(text || byDefault) === 'yes'}
      onChange={({ currentTarget }) => setSetting(flag, currentTarget.checked ? 'yes' : 'no')}
    />
  </label>
);

const TextControl = ({ field: { flag, placeholder }, text, common }: ControlProps) => (
  <TypedInput
    {...common}
    type="text"
    placeholder={placeholder}
    text={text}
    onText={(typed, isDone) => setSetting(flag, typed, isDone)}
  />
);

const controls = {
  number: NumberControl,
  boolean: SwitchControl,
  choice: ChoiceControl,
  switch: ChoiceControl,
  text: TextControl,
  list: TextControl,
  object: TextControl,
} satisfies Readonly<Record<Setting['kind'], ComponentType<ControlProps>>>;
