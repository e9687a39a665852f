import { ConfigError, canonicalJson, type Flag, type RunConfig } from '@dropout-lab/contracts';
import { computed, signal } from '@preact/signals';
import type { View } from '../../shared/address.ts';
import { ThreadEndedError } from '../../shared/compute/thread.ts';
import {
  configOfValues,
  type FlagValues,
  sensibleValues,
  withValue,
} from '../../shared/settings/flag-values.ts';
import { show, view } from '../../shared/state.ts';
import { choice, ownSettings } from '../own-images/choice.ts';
import type { TrainSettings } from '../settings.ts';
import { prepareTraining, withdrawStart } from '../training.ts';
import { type Field, fieldsOf, flagOfError } from './fields.ts';
import { mostImagesOf, requireData } from './require-data.ts';

/** A refused setting. */
interface Refusal {
  /** The typed text, which is not in the address; undefined when the value in the address is refused. */
  readonly text?: string;
  /** The sentence of the error. */
  readonly error: string;
}

/** The refused settings, by the flag's name. */
export const refusals = signal<Readonly<Record<string, Refusal>>>({});
/** The reason why training cannot start, where it is not about a single field. */
export const formError = signal<string | undefined>(undefined);

const typed = computed(() => view.value.values);

/** The values of the address, as far as they make sense for the images that are trained on. */
export const values = computed((): FlagValues => {
  const { dataset: _, ...others } = typed.value;
  const own = ownSettings.value;
  return sensibleValues(own.dataset === undefined ? typed.value : others, own);
});

const refuse = (error: unknown, text?: { readonly of: Flag; readonly value: string }): void => {
  if (!(error instanceof ConfigError)) throw error;
  const name = (flagOfError(error, currentFields()) ?? text?.of)?.name;
  if (name === undefined) formError.value = error.message;
  else {
    const refusal = { error: error.message, ...(text?.of.name === name && { text: text.value }) };
    refusals.value = { ...refusals.value, [name]: refusal };
  }
};

/**
 * Sets a setting, or shows beside its field why it is refused; an empty text is the default.
 *
 * @param isDone False while it is being typed: what is refused on the way to something else is not shown, unless something
 *   is already. The last text that was possible stays set.
 */
export const setSetting = (flag: Flag, text: string, isDone = true): void => {
  formError.value = undefined;
  try {
    show({ values: withValue(values.value, flag, text, ownSettings.value) });
    // A setting that is gone must not keep training from starting.
    const places = new Set(currentFields().map((field) => field.flag.name));
    const others = Object.entries(refusals.value).filter(([name]) => name !== flag.name && places.has(name));
    refusals.value = Object.fromEntries(others);
  } catch (error) {
    if (isDone || flag.name in refusals.value || !(error instanceof ConfigError))
      refuse(error, { of: flag, value: text });
  }
};

/** The configuration that the form shows. */
export const currentConfig = (): RunConfig => configOfValues(values.value, ownSettings.value);

/** The fields that the form shows. */
export const currentFields = (): Field[] => fieldsOf(values.value, ownSettings.value);

/** Returns the settings and the backend of the form. */
const asSet = (): { readonly settings: TrainSettings; readonly backend: View['backend'] } => {
  const { arms, backend } = view.value;
  const mostImages = mostImagesOf(currentConfig().dataset);
  return { settings: { arms, values: values.value, own: ownSettings.value, mostImages }, backend };
};

/** Returns the settings that were typed and refused. */
const typedRefusals = (): Readonly<Record<string, Refusal>> =>
  Object.fromEntries(Object.entries(refusals.value).filter(([, { text }]) => text !== undefined));

/**
 * Trains with the settings of the form. Where one is refused or cannot be trained, the training that is under way continues.
 * Changes before that is known count too, and of several starts the last one.
 */
export const startFromForm = async (): Promise<void> => {
  withdrawStart();
  // Settings that were refused at the last start may be possible by now.
  refusals.value = typedRefusals();
  if (Object.keys(refusals.value).length > 0) return;
  formError.value = undefined;
  if (choice.value.state === 'listing' || choice.value.state === 'decoding') {
    formError.value = 'Training cannot start: your pictures are still being decoded';
    return;
  }
  const asked = asSet();
  const isAsSet = (): boolean =>
    // On another page nobody changes the form.
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
