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

/** Values of settings by the names of their options, as the address has them: `{ dropout: '0.3', nesterov: 'yes' }`. */
export type FlagValues = Readonly<Record<string, string>>;

/** The settings that can be set on the page: those that the command has an option for. */
export const runFlags: readonly Flag[] = listFlags(runConfigSchema);

/** What is trained on the page where its address says nothing else: the tutorial's run, on fewer images and for less long. */
const pageDefaults = { batchSize: 50, epochs: 20, limitTrain: 2000 };

/**
 * The configuration that values describe.
 *
 * @throws ConfigError when one is refused.
 */
export const configOfValues = (values: FlagValues): RunConfig => {
  const typed = runFlags.map(({ name, kind }) => [
    name,
    kind === 'boolean' ? onOrOff(values[name]) : values[name],
  ]);
  return parseRunConfig(configOfFlags(runConfigSchema, Object.fromEntries(typed), pageDefaults));
};

/** What is neither stays as it is, to be refused. */
const onOrOff = (text: string | undefined): string | boolean | undefined =>
  text === 'yes' ? true : text === 'no' ? false : text;

/** The setting that a flag stands for in a configuration; undefined where it has no place, such as a momentum of Adam. */
export const settingIn = (flag: Flag, config: RunConfig): Setting | undefined =>
  flag.settings.find((setting) => isChosen(setting, config) && !isWithinNone(setting, config));

const isChosen = ({ of }: Setting, config: RunConfig): boolean => {
  if (of === undefined) return true;
  const member = valueAt(config, of.path);
  return isPlain(member) && memberOf(member) === of.name;
};

/** Part of something that there is none of, such as the axis of no max-norm. */
const isWithinNone = ({ parent, none }: Setting, config: RunConfig): boolean =>
  parent !== undefined && parent !== none && valueAt(config, parent) === null;

/** A setting's value in a configuration as the address has it. */
export const textOf = ({ path }: Setting, config: RunConfig): string => {
  const value = valueAt(config, path);
  if (value === undefined || value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return Array.isArray(value) ? value.join(',') : String(value);
};

/** What others depend on comes first. */
const choicesFirst = [...runFlags].sort((a, b) => Number(isChoice(b)) - Number(isChoice(a)));

/** The values that make sense, and of those what is not the default anyway: an address may have been typed, or be of another version. */
export const sensibleValues = (given: FlagValues): FlagValues => {
  if (Object.keys(given).length === 0) return {};
  let kept: FlagValues = {};
  let config = configOfValues(kept);
  for (const flag of choicesFirst) {
    const text = given[flag.name];
    if (text === undefined || settingIn(flag, config) === undefined) continue;
    const accepted = acceptedBy({ ...kept, [flag.name]: text });
    if (accepted === undefined) continue;
    // As it is written, which of a list of one is the one.
    const written = { ...kept, [flag.name]: textOf(settingIn(flag, accepted)!, accepted) };
    const next = configOfValues(written);
    if (canonicalJson(next) === canonicalJson(config)) continue;
    kept = written;
    config = next;
  }
  return kept;
};

const acceptedBy = (values: FlagValues): RunConfig | undefined => {
  try {
    return configOfValues(values);
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
};

/** Without the value of one flag, and of those that mean something else with another choice: a learning rate is for its optimizer. */
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

/** Without the values of what a flag's none leaves out: no max-norm has no axis. */
const withoutParts = (values: FlagValues, { settings: [first] }: Flag): FlagValues => {
  const { none } = first!;
  const isPart = (name: string): boolean =>
    runFlags.some((one) => one.name === name && one.settings.some(({ parent }) => parent === none));
  return none === undefined
    ? values
    : Object.fromEntries(Object.entries(values).filter(([name]) => !isPart(name)));
};

/**
 * The values with another one of a flag; an empty text is the default.
 *
 * @throws ConfigError when it is refused.
 */
export const withValue = (values: FlagValues, flag: Flag, text: string): FlagValues => {
  const others = text === 'none' ? withoutParts(without(values, flag), flag) : without(values, flag);
  if (text === '') return sensibleValues(others);
  const given = { ...others, [flag.name]: text };
  configOfValues(given);
  return sensibleValues(given);
};
