import { ConfigError, canonicalJson, type Flag, type RunConfig } from '@dropout-lab/contracts';
import { signal } from '@preact/signals';
import type { View } from '../../shared/address.ts';
import { ThreadEndedError } from '../../shared/compute/thread.ts';
import { configOfValues, withValue } from '../../shared/settings/flag-values.ts';
import { show, view } from '../../shared/state.ts';
import type { TrainSettings } from '../settings.ts';
import { prepareTraining, withdrawStart } from '../training.ts';
import { fieldsOf, flagOfError } from './fields.ts';
import { mostImagesOf, requireData } from './require-data.ts';

/** Why a setting was refused. */
interface Refusal {
  /** What was typed, which is kept out of the address; undefined when it is the value that the address has. */
  readonly text?: string;
  /** The error's one sentence. */
  readonly error: string;
}

/** What was refused, by the flag's name. */
export const refusals = signal<Readonly<Record<string, Refusal>>>({});
/** What keeps training from starting and is about no single field. */
export const formError = signal<string | undefined>(undefined);

const refuse = (error: unknown, text?: { readonly of: Flag; readonly value: string }): void => {
  if (!(error instanceof ConfigError)) throw error;
  const name = (flagOfError(error, fieldsOf(view.value.values)) ?? text?.of)?.name;
  if (name === undefined) formError.value = error.message;
  else {
    const refusal = { error: error.message, ...(text?.of.name === name && { text: text.value }) };
    refusals.value = { ...refusals.value, [name]: refusal };
  }
};

/** Sets a setting, or says beside its field why it cannot be so; an empty text is the default. */
export const setSetting = (flag: Flag, text: string): void => {
  formError.value = undefined;
  try {
    const values = withValue(view.value.values, flag, text);
    show({ values });
    // What has no place any more is not to keep training from starting.
    const places = new Set(fieldsOf(values).map((field) => field.flag.name));
    const others = Object.entries(refusals.value).filter(([name]) => name !== flag.name && places.has(name));
    refusals.value = Object.fromEntries(others);
  } catch (error) {
    refuse(error, { of: flag, value: text });
  }
};

/** The configuration that the form shows. */
export const currentConfig = (): RunConfig => configOfValues(view.value.values);

/** What would be trained now, and on which backend. */
const asSet = (): { readonly settings: TrainSettings; readonly backend: View['backend'] } => {
  const { arms, values, backend } = view.value;
  return { settings: { arms, values, mostImages: mostImagesOf(currentConfig().dataset) }, backend };
};

/** What was typed and refused. */
const typedRefusals = (): Readonly<Record<string, Refusal>> =>
  Object.fromEntries(Object.entries(refusals.value).filter(([, { text }]) => text !== undefined));

/**
 * Trains what is set, unless something in the form is refused or cannot be trained; then what trains goes on. What is
 * changed before that is known counts too, and of several starts the last one.
 */
export const startFromForm = async (): Promise<void> => {
  withdrawStart();
  // What was refused at the last start may be possible by now.
  refusals.value = typedRefusals();
  if (Object.keys(refusals.value).length > 0) return;
  formError.value = undefined;
  const asked = asSet();
  const isAsSet = (): boolean =>
    // Who looks at another page by now changes nothing in the form.
    view.value.page !== 'train' ||
    (canonicalJson(asked) === canonicalJson(asSet()) && Object.keys(typedRefusals()).length === 0);
  try {
    requireData(currentConfig());
    const begin = await prepareTraining(asked.settings, asked.backend);
    if (!isAsSet()) return startFromForm();
    begin();
  } catch (error) {
    if (error instanceof ThreadEndedError) return;
    if (!isAsSet()) return startFromForm();
    if (error instanceof ConfigError) refuse(error);
    else formError.value = `Training cannot start: ${(error as Error).message}`;
  }
};
