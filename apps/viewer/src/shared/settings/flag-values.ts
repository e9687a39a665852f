import {
  ConfigError,
  canonicalJson,
  configOfFlags,
  type Flag,
  isChoice,
  isPlain,
  listFlags,
  memberOf,
  parseRunConfig,
  type RunConfig,
  runConfigSchema,
  type Setting,
  valueAt,
} from '@dropout-lab/contracts';

/** Values of settings by the names of their options, as they are in the address: `{ dropout: '0.3', nesterov: 'yes' }`. */
export type FlagValues = Readonly<Record<string, string>>;

/** The settings that can be set on the page: those that are options of the command. */
export const runFlags: readonly Flag[] = listFlags(runConfigSchema);

/** The page's own defaults: the tutorial's run, with fewer images and epochs. */
const pageDefaults = { batchSize: 50, epochs: 20, limitTrain: 2000 };

/** Settings of the configuration in the place of the page's defaults: those that a user's own images bring along. */
export type SettingDefaults = { readonly [Name in keyof RunConfig]?: RunConfig[Name] };

/**
 * Returns the configuration that values describe.
 *
 * @throws ConfigError when one is refused.
 */
export const configOfValues = (values: FlagValues, own: SettingDefaults = {}): RunConfig => {
  const typed = runFlags.map(({ name, kind }) => [
    name,
    kind === 'boolean' || kind === 'switch' ? onOrOff(values[name]) : values[name],
  ]);
  return parseRunConfig(
    configOfFlags(runConfigSchema, Object.fromEntries(typed), { ...pageDefaults, ...own }),
  );
};

/** Returns a boolean for yes and no; anything else stays as it is, to be refused. */
const onOrOff = (text: string | undefined): string | boolean | undefined =>
  text === 'yes' ? true : text === 'no' ? false : text;

/** Returns the setting that a flag stands for in a configuration; undefined where it has none, such as momentum with Adam. */
export const settingIn = (flag: Flag, config: RunConfig): Setting | undefined =>
  flag.settings.find(
    (setting) => isChosen(setting, config) && !isWithinNone(setting, config) && hasEffect(setting, config),
  );

const isChosen = ({ of }: Setting, config: RunConfig): boolean => {
  if (of === undefined) return true;
  const member = valueAt(config, of.path);
  return isPlain(member) && memberOf(member) === of.name;
};

/** Whether no setting beside it makes it useless. */
const hasEffect = ({ needs, replacedBy }: Setting, config: RunConfig): boolean =>
  (needs === undefined || Boolean(valueAt(config, needs))) &&
  (replacedBy === undefined || (valueAt(config, replacedBy) ?? null) === null);

/** Whether it is part of something that is none, such as the axis of a max-norm of none. */
const isWithinNone = ({ parent, none }: Setting, config: RunConfig): boolean =>
  parent !== undefined && parent !== none && valueAt(config, parent) === null;

/** Returns a setting's value in a configuration as it is in the address. */
export const textOf = ({ path }: Setting, config: RunConfig): string => {
  const value = valueAt(config, path);
  if (value === undefined || value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return Array.isArray(value) ? value.join(',') : String(value);
};

const levelOf = (flag: Flag): number =>
  flag.settings.some(({ needs }) => needs !== undefined) ? 2 : isChoice(flag) ? 0 : 1;

/** Each setting after those that it depends on: choices first, and last what needs another setting. */
const byDependence = [...runFlags].sort((a, b) => levelOf(a) - levelOf(b));

/** Returns the values that make sense and are not the default: an address may have been typed, or come from another version. */
export const sensibleValues = (given: FlagValues, own: SettingDefaults = {}): FlagValues => {
  if (Object.keys(given).length === 0) return {};
  let kept: FlagValues = {};
  let config = configOfValues(kept, own);
  for (const flag of byDependence) {
    const text = given[flag.name];
    if (text === undefined || settingIn(flag, config) === undefined) continue;
    const accepted = acceptedBy({ ...kept, [flag.name]: text }, own);
    if (accepted === undefined) continue;
    // As it is written: a list of one item is the item.
    const written = { ...kept, [flag.name]: textOf(settingIn(flag, accepted)!, accepted) };
    const next = configOfValues(written, own);
    if (canonicalJson(next) === canonicalJson(config)) continue;
    kept = written;
    config = next;
  }
  return kept;
};

const acceptedBy = (values: FlagValues, own: SettingDefaults): RunConfig | undefined => {
  try {
    return configOfValues(values, own);
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
};

/** Returns values without that of one flag, and without those that depend on it: a learning rate is for its optimizer. */
export const without = (values: FlagValues, flag: Flag): FlagValues => {
  const family = isChoice(flag) ? flag.settings[0]!.path.replace(/\.?\w+$/, '') : undefined;
  const isOfFamily = (name: string): boolean =>
    runFlags.some((one) => one.name === name && one.settings[0]!.of?.path === family);
  return Object.fromEntries(
    Object.entries(values).filter(
      ([name]) => name !== flag.name && !(family !== undefined && isOfFamily(name)),
    ),
  );
};

/** Returns values without those that mean nothing where a setting is off: without max-norm there is no axis, without crop no fill. */
const withoutParts = (values: FlagValues, { settings: [first] }: Flag): FlagValues => {
  const { none, path } = first!;
  const isPart = (name: string): boolean =>
    runFlags.some(
      (one) =>
        one.name === name &&
        one.settings.some(({ parent, needs }) => (none !== undefined && parent === none) || needs === path),
    );
  return Object.fromEntries(Object.entries(values).filter(([name]) => !isPart(name)));
};

/**
 * Returns the values with another one for a flag; an empty text is the default.
 *
 * @throws ConfigError when it is refused.
 */
export const withValue = (
  values: FlagValues,
  flag: Flag,
  text: string,
  own: SettingDefaults = {},
): FlagValues => {
  const isOff = text === 'none' || (text !== '' && Number(text) === 0);
  const others = isOff ? withoutParts(without(values, flag), flag) : without(values, flag);
  if (text === '') return sensibleValues(others, own);
  const given = { ...others, [flag.name]: text };
  configOfValues(given, own);
  return sensibleValues(given, own);
};
