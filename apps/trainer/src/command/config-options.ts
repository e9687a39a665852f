import { type Assignment, ConfigError, listFlags, runConfigSchema } from '@dropout-lab/contracts';
import { type Command, Option } from 'commander';

/** The options of a command that set a run's configuration, as typed, by the flag's name. */
export type FlagValues = Readonly<Record<string, string | boolean | undefined>>;

const flags = listFlags(runConfigSchema);

const placeholders = {
  number: '<n>',
  choice: '<name>',
  text: '<text>',
  list: '<list>',
  object: '<json>',
  boolean: '[on|off]',
  switch: '[on|off|name]',
};

/**
 * Adds an option for every setting that has a flag. Values stay as typed; the schema says which are possible.
 *
 * @param several The command takes several values of each: `--dropout 0:0.8:0.1`.
 */
export const addConfigOptions = (command: Command, { several = false } = {}): Command => {
  for (const { name, kind, help } of flags) {
    const value = placeholders[kind];
    const values = several && kind !== 'list' ? value.replace(/(?=[>\]])/, ', …') : value;
    command.addOption(new Option(`--${name} ${values}`.trimEnd(), help));
  }
  return command.addOption(
    new Option(
      '--set <path=value>',
      `any setting by its path, such as optimizer.beta2=0.99; can be repeated${several ? '; several values as 0.9,0.99' : ''}`,
    )
      .argParser((text, before: readonly string[] | undefined) => [...(before ?? []), text])
      .default(undefined),
  );
};

/** The values of {@link addConfigOptions}'s flags among the options that commander has read. */
export const flagValuesOf = (options: Readonly<Record<string, unknown>>): FlagValues =>
  Object.fromEntries(
    flags.map(({ name }) => [name, options[camelCase(name)] as string | boolean | undefined]),
  );

const camelCase = (name: string): string =>
  name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** @throws ConfigError when a text is no assignment. */
export const assignmentsOf = (set: readonly string[] = []): Assignment[] =>
  set.map((text) => {
    const end = text.indexOf('=');
    if (end > 0) return { path: text.slice(0, end).trim(), text: text.slice(end + 1) };
    throw new ConfigError(
      `--set ${text}: expected a path and a value, such as optimizer.beta2=0.99, received "${text}"`,
    );
  });
