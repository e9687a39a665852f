import type { z } from 'zod';
import { ConfigError } from '../errors.ts';
import { mergeConfig } from './merge-config.ts';
import { canonicalJson, isPlain, type PlainObject, valueAt } from './plain.ts';
import { configWith, isNullableAt, valueOfText } from './set-path.ts';
import { listSettings, memberOf, type Setting } from './settings.ts';

/** An option of the command that sets a setting. */
export interface Flag {
  /** Without dashes: `learning-rate`. */
  readonly name: string;
  /** The setting, or the one of each member of a family that has it. */
  readonly settings: readonly Setting[];
  readonly kind: Setting['kind'];
  /** One sentence with the default and the members that have it. */
  readonly help: string;
}

/** Returns the options that the settings of a schema have, in its order. */
export const listFlags = (schema: z.ZodType): Flag[] => {
  const byName = new Map<string, Setting[]>();
  for (const setting of listSettings(schema)) {
    // An option could not say which item of a list it is for.
    if (setting.flag === undefined || setting.path.includes('[]')) continue;
    byName.set(setting.flag, [...(byName.get(setting.flag) ?? []), setting]);
  }
  return [...byName].map(([name, settings]) => ({
    name,
    settings,
    kind: settings[0]!.kind,
    help: helpOf(settings),
  }));
};

const helpOf = (settings: readonly Setting[]): string => {
  const [first] = settings as readonly [Setting];
  const help = first.description!.replace(/^[A-Z](?=[a-z ])/, (letter) => letter.toLowerCase());
  const choices =
    first.kind === 'choice' && !first.choices.every((choice) => help.includes(choice))
      ? `: ${first.choices.join(', ')}`
      : '';
  const who = first.of !== undefined && first.of.path !== 'model' ? settings.map(({ of }) => of!.name) : [];
  const only = who.length === 1 ? `${who[0]} only; ` : '';
  const inWords = defaultInWords(settings);
  const orNone = first.none === undefined || inWords === 'none' ? '' : '; none turns it off';
  return `${help}${choices} (${only}default: ${inWords}${orNone})`;
};

/** Formats the default of an option: `0.001`, or `0.001 for adam, 0.01 for sgd`. */
export const defaultInWords = (settings: readonly Setting[]): string => {
  const values = settings.map((setting) => valueInWords(setting.default));
  if (new Set(values).size === 1) return values[0]!;
  return settings.map(({ of }, i) => `${values[i]} for ${of?.name}`).join(', ');
};

/** Formats a setting's value for tables and help texts. */
export const valueInWords = (value: unknown): string => {
  if (value === undefined) return 'must be given';
  if (value === null) return 'none';
  if (value === false) return 'off';
  if (value === true) return 'on';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(valueInWords).join(', ');
  return isPlain(value) ? JSON.stringify(value) : String(value);
};

/** An assignment of `--set`: the path of a setting, and its value as typed. */
export interface Assignment {
  readonly path: string;
  readonly text: string;
}

/**
 * Returns a configuration with the options of a command on top: flags, then assignments. An option that chooses a member
 * of a family, such as an optimizer or a list of layers, comes before the settings of one, in whichever order they were
 * typed. The result has not been parsed yet.
 *
 * @param values Texts as typed, by the flag's name; true for one without a value, undefined for an option that was not
 *   given. `none` stands for null, `on` and `off` for true and false, `0,1,2` for a list.
 * @param base The configuration below the options.
 * @throws ConfigError when an option does not apply to the configuration, or a path is unknown.
 */
export const configOfFlags = (
  schema: z.ZodType,
  values: Readonly<Record<string, string | boolean | undefined>>,
  base: PlainObject,
  assignments: readonly Assignment[] = [],
): PlainObject => {
  const flags = listFlags(schema)
    .filter(({ name }) => values[name] !== undefined)
    .map(
      (flag): Option => ({
        name: `--${flag.name}`,
        chooses: isChoice(flag),
        settingIn: (config) => applicable(flag, config, schema),
        apply: (config) => {
          const setting = applicable(flag, config, schema);
          const value = valueOfFlag(values[flag.name]!, setting, flag.name);
          const path = value === null && setting.none !== undefined ? setting.none : setting.path;
          return mergeConfig(config, configWith(schema, config, path, value, `--${flag.name}`));
        },
      }),
    );
  const sets = assignments.map(
    (assignment): Option => ({
      name: `--set ${assignment.path}`,
      settingIn: (config) =>
        listSettings(schema).find(
          ({ path, of }) =>
            path === assignment.path && (of === undefined || of.name === memberAt(schema, config, of)),
        ),
      chooses: choosesMember(schema, assignment.path),
      apply: (config) => {
        const { path, value } = assigned(schema, assignment);
        return mergeConfig(config, configWith(schema, config, path, value, '--set'));
      },
    }),
  );
  const options = [...flags, ...sets];
  const config = [
    ...options.filter(({ chooses }) => chooses),
    ...options.filter(({ chooses }) => !chooses),
  ].reduce<PlainObject>((config, { apply }) => apply(config), base);
  for (const { name, settingIn } of options) requireEffect(schema, config, name, settingIn(config));
  return config;
};

interface Option {
  /** As typed. */
  readonly name: string;
  readonly chooses: boolean;
  /** The setting that it sets in a configuration; undefined where it sets an object. */
  readonly settingIn: (config: PlainObject) => Setting | undefined;
  readonly apply: (config: PlainObject) => PlainObject;
}

/** Whether a value is one of a choice, or of the kind that a switch has: others are refused by the schema, with their rule. */
const mayBe = ({ kind, choices }: Setting, value: unknown): boolean =>
  kind === 'choice' ? choices.includes(String(value)) : kind !== 'boolean' || typeof value === 'boolean';

/** @throws ConfigError when an option sets something that does nothing, as the configuration is. */
const requireEffect = (
  schema: z.ZodType,
  config: PlainObject,
  name: string,
  setting: Setting | undefined,
): void => {
  if (setting === undefined) return;
  const { path, of, needs, replacedBy } = setting;
  const valueBeside = (other: string): unknown =>
    valueAt(config, other) ??
    listSettings(schema).find((one) => one.path === other && one.of?.name === of?.name)?.default;
  const value = valueAt(config, path);
  const isOff = canonicalJson(value ?? null) === canonicalJson(setting.default ?? null);
  if (needs !== undefined && !valueBeside(needs) && !isOff && mayBe(setting, value)) {
    throw new ConfigError(
      `${name}: expected ${needs} above 0 with it, since it does nothing without, received ${valueInWords(valueBeside(needs))}: set both, or leave it out`,
      path.split('.'),
    );
  }
  if (replacedBy !== undefined && valueBeside(replacedBy) !== null) {
    throw new ConfigError(
      `${name}: expected no ${replacedBy} beside it, which takes its place, received ${JSON.stringify(valueBeside(replacedBy))}: leave one of the two out`,
      path.split('.'),
    );
  }
};

/** `none` is null, as in a flag, for a setting that may be null or for the object around it. */
const assigned = (schema: z.ZodType, { path, text }: Assignment): { path: string; value: unknown } => {
  const setting = listSettings(schema).find((one) => one.path === path);
  if (text !== 'none')
    return { path, value: valueOfSwitch(text, setting) ?? valueOfText(text, `--set ${path}`) };
  if (isNullableAt(schema, path)) return { path, value: null };
  const around = setting?.none;
  return around === undefined ? { path, value: text } : { path: around, value: null };
};

/** Whether a path names a family, its choice, or the list that stands for one. */
export const choosesMember = (schema: z.ZodType, path: string): boolean =>
  listSettings(schema).some(
    (setting) =>
      setting.of === undefined &&
      setting.kind === 'choice' &&
      /\.(?:name|preset)$/.test(setting.path) &&
      [setting.path, setting.path.replace(/\.\w+$/, '')].includes(path),
  ) || path === 'model.layers';

/** Whether an option is a choice that every configuration has, so that other options may depend on it. */
export const isChoice = ({ settings: [setting] }: Flag): boolean =>
  setting!.of === undefined && setting!.kind === 'choice';

/**
 * Returns true for `on` and false for `off`, as help and arms of a sweep have them, for a setting that is one or the other;
 * undefined for any other text or setting.
 */
export const valueOfSwitch = (text: string, setting: Setting | undefined): boolean | undefined => {
  if (setting?.kind !== 'boolean' && setting?.kind !== 'switch') return undefined;
  return text === 'on' ? true : text === 'off' ? false : undefined;
};

const valueOfFlag = (text: string | boolean, setting: Setting, flag: string): unknown => {
  if (typeof text === 'boolean') return text;
  const { kind, none } = setting;
  if (text === 'none' && none !== undefined) return null;
  const parse = (part: string): unknown => valueOfSwitch(part, setting) ?? valueOfText(part, `--${flag}`);
  // A text that is no number stays as it was typed, so that the refusal can show it.
  if (kind === 'list' && !text.startsWith('[') && text.includes(','))
    return text.split(',').map((part) => parse(part.trim()));
  if (kind === 'choice' || kind === 'text') return text;
  const isNumber = kind === 'number' && text.trim() !== '' && !Number.isNaN(Number(text));
  return isNumber ? Number(text) : parse(text);
};

/** Returns the setting of a flag in the configured member of its family. */
const applicable = ({ name, settings }: Flag, config: PlainObject, schema: z.ZodType): Setting => {
  const [first] = settings as readonly [Setting];
  if (first.of === undefined) return first;
  const { path } = first.of;
  const chosen = memberAt(schema, config, first.of);
  const found = settings.find(({ of }) => of!.name === chosen);
  if (found) return found;
  // The schema refuses an unknown name, with a better message.
  if (!isMember(schema, path, chosen)) return first;
  const members = settings.map(({ of }) => of!.name);
  throw new ConfigError(
    path === 'model'
      ? `--${name}: expected a model of the preset ${either(members)}, received the preset ${chosen}: set it in the list of layers instead`
      : `--${name}: expected --${path} ${either(members)} with it, received ${chosen}`,
    [path, name],
  );
};

/** `sgd, rmsprop or muon`. */
const either = (names: readonly string[]): string =>
  names.length > 1 ? `${names.slice(0, -1).join(', ')} or ${names.at(-1)}` : `${names[0]}`;

const isMember = (schema: z.ZodType, path: string, name: unknown): boolean =>
  listSettings(schema).some(({ of }) => of?.path === path && of.name === name);

/** The name of the member of a family in a configuration. */
const memberAt = (schema: z.ZodType, config: PlainObject, { path }: { readonly path: string }): unknown =>
  chosenAt(config, path) ?? defaultMember(schema, path);

const chosenAt = (config: PlainObject, path: string): unknown => {
  const value = valueAt(config, path);
  return isPlain(value) ? memberOf(value) : undefined;
};

const defaultMember = (schema: z.ZodType, path: string): unknown =>
  listSettings(schema).find(
    (setting) => setting.kind === 'choice' && setting.path.replace(/\.\w+$/, '') === path,
  )?.default;

/**
 * Returns the options of the command that give a configuration: `--dropout 0.3 --set optimizer.beta2=0.99`.
 *
 * @param config The settings to give; defaults are left out beforehand, by `writtenConfig`.
 */
export const flagsOfConfig = (schema: z.ZodType, config: PlainObject): string[] => {
  const leaves = leavesOf(config, '');
  const byPath = new Map(
    listFlags(schema)
      .flatMap((flag) => flag.settings.map((setting) => [setting, flag] as const))
      .map(([setting, flag]) => [setting.path, { setting, flag }]),
  );
  const byNone = new Map(
    [...byPath.values()]
      .filter(({ setting }) => setting.none)
      .map(({ setting, flag }) => [setting.none!, flag]),
  );
  return leaves.map(([path, value]) => {
    const found = byPath.get(path);
    if (value === null && byNone.has(path)) return `--${byNone.get(path)!.name} none`;
    if (found === undefined) {
      return `--set ${quoted(`${path}=${typeof value === 'string' ? value : JSON.stringify(value)}`)}`;
    }
    if (value === true) return `--${found.flag.name}`;
    if (value === false) return `--${found.flag.name} off`;
    return `--${found.flag.name} ${quoted(textOfValue(value))}`;
  });
};

/** `0,1,2`; a list of one in brackets, without which it would be a number. */
const textOfValue = (value: unknown): string => {
  if (!Array.isArray(value)) return String(value);
  return value.length > 1 ? value.join(',') : JSON.stringify(value);
};

/** Quotes a word for a shell, where it needs that: `'my runs'`. */
export const quoted = (word: string): string =>
  /^[\w.=,:/+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

const leavesOf = (value: unknown, path: string): [string, unknown][] =>
  isPlain(value)
    ? Object.entries(value).flatMap(([key, one]) => leavesOf(one, path === '' ? key : `${path}.${key}`))
    : [[path, value]];
