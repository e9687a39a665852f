import { listFlags, listSettings, recipes, runConfigSchema, type Setting } from '@dropout-lab/contracts';
import type { Command } from 'commander';
import { describe, expect, test, vi } from 'vitest';
import { imagesFormatNames } from '../data/export/table.ts';
import { DEFAULT_FORMAT, exportFormatNames } from '../model/export/table.ts';
import { buildProgram, createProgram } from './program.ts';
import { readCommandLine } from './read-command-line.testing.ts';

/** More images than there are: refused when everything else has been accepted, before anything is fetched or written. */
const tooMany = ['--limit-test', '99999999'];

const refusalOf = (...args: readonly string[]): Promise<string> => refusalBy('train', ...args);

const refusalBy = async (...args: readonly string[]): Promise<string> => {
  // Commander writes its own message too.
  const quiet = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const failure = await createProgram(new AbortController().signal)([...args, ...tooMany]).then(
    () => 'accepted',
    (error: Error) => error.message,
  );
  quiet.mockRestore();
  return failure;
};

const accepted = /^run configuration: limitTest: expected at most \d+ images, received 99999999/;

/** A value that a setting may have, other than its default where there is one. */
const valuesOf = ({ kind, choices, range, none, expected }: Setting): string[] => {
  const some = {
    boolean: ['true', 'false', 'on', 'off'],
    choice: choices,
    switch: ['true', 'false', 'on', 'off', ...choices],
    number: [`${Math.min(range.max ?? 2, Math.max(range.min ?? 0, range.step === 1 ? 2 : 0.25))}`],
    text: ['text'],
    list: choices,
    object: [],
  }[kind];
  const list = kind === 'list' && expected.startsWith('an axis') ? ['0', '0,1,2'] : [];
  return [...some, ...list, ...(none === undefined ? [] : ['none'])];
};

/** The setting that one needs to be on, where there is one. */
const neededBy = ({ of, needs }: Setting): Setting[] =>
  listSettings(runConfigSchema).filter((one) => one.path === needs && one.of?.name === of?.name);

/** Options that a setting's option means nothing without. */
const besideFlag = (setting: Setting): string[] => [
  ...(setting.of?.path === 'optimizer' ? ['--optimizer', setting.of.name] : []),
  ...neededBy(setting).flatMap((needed) => [`--${needed.flag}`, valuesOf(needed)[0]!]),
];

describe('every option is taken by the command with every kind of value that it may have', () => {
  const lines = listFlags(runConfigSchema)
    .filter(({ name }) => name !== 'limit-test')
    .flatMap(({ name, kind, settings: [setting] }) => {
      const alone = [...besideFlag(setting!), `--${name}`];
      // The images and classes of another data set need no other model.
      const withValues = valuesOf(setting!).map((value) => [...alone, value]);
      return kind === 'switch' || kind === 'boolean' ? [alone, ...withValues] : withValues;
    });

  test.each(lines)('%s %s %s %s %s %s', async (...line) => {
    expect(await refusalOf(...line.filter((word) => typeof word === 'string'))).toMatch(accepted);
  });
});

describe('every setting is reached by --set', () => {
  const settings = listSettings(runConfigSchema).filter(
    ({ path, kind }) => !path.includes('[]') && path !== 'limitTest' && kind !== 'list' && kind !== 'object',
  );

  /** The preset that a setting of models belongs to, or that the family belongs to whose setting it is. */
  const presetOf = ({ path, of }: Setting): string => {
    if (of?.path === 'model') return of.name;
    const around = listSettings(runConfigSchema).find(
      (one) => one.of?.path === 'model' && path.startsWith(`${one.path.replace(/\.name$/, '')}.`),
    );
    return around?.of?.name ?? 'tutorial';
  };
  /** Settings that mean nothing without another one. */
  const together: Readonly<Record<string, readonly string[]>> = {
    'schedule.warmupSteps': ['--set', 'schedule.warmupTarget=0.1'],
    'schedule.warmupTarget': ['--set', 'schedule.warmupSteps=2'],
  };

  test.each(settings.map((setting) => [setting.path, setting.of?.name ?? '', setting] as const))(
    '%s %s',
    async (path, _, setting) => {
      const { of } = setting;
      const family = of && of.path !== 'model' ? ['--set', `${of.path}.name=${of.name}`] : [];
      const preset = path.startsWith('model.') ? ['--set', `model.preset=${presetOf(setting)}`] : [];
      // Those of a family without defaults are needed beside it.
      const needed = listSettings(runConfigSchema)
        .filter(
          (one) => of && one.of?.name === of.name && one.of.path === of.path && one.default === undefined,
        )
        .flatMap((one) => [
          '--set',
          `${one.path}=${one.path.endsWith('values') ? '[0.1,0.2]' : one.path.endsWith('boundaries') ? '[5]' : '1'}`,
        ]);
      const on = neededBy(setting).flatMap((one) => ['--set', `${one.path}=${valuesOf(one)[0]}`]);
      if (path.startsWith('model.') && of?.name === 'layers') return;
      if (path === 'model.preset' || path === 'model.numClasses') return;
      const values = path.endsWith('.name')
        ? [String(setting.default ?? setting.choices[0])]
        : valuesOf(setting);
      for (const value of values) {
        const beside = [
          ...preset,
          ...family,
          ...needed,
          ...on,
          ...(value === 'none' ? [] : (together[path] ?? [])),
        ];
        expect(await refusalOf(...beside, '--set', `${path}=${value}`)).toMatch(accepted);
      }
    },
  );
});

describe('every flag is taken by a sweep with several values', () => {
  const flags = listFlags(runConfigSchema).filter(
    ({ name, kind }) => !['limit-test', 'seed'].includes(name) && kind !== 'list',
  );

  test.each(flags.map(({ name, settings: [setting] }) => [name, setting!] as const))(
    '--%s',
    async (name, setting) => {
      const others = setting.kind === 'number' ? [`${setting.range.step === 1 ? 3 : 0.5}`] : [];
      // True and on are one value.
      const isTyped = (value: string) => value !== 'true' && value !== 'false';
      const values = [...valuesOf(setting).filter(isTyped), ...others];
      const beside = besideFlag(setting);
      const refusal = await refusalBy('sweep', '--store', 'none', ...beside, `--${name}`, values.join(','));
      expect(refusal).toMatch(
        /^sweep-[a-z-]+: arms\.\S+: limitTest: expected at most \d+ images, received 99999999/,
      );
    },
  );
});

describe('every other option of every command is taken with every kind of value that its help names', () => {
  const values: Readonly<Record<string, readonly (readonly [typed: string, value: unknown])[]>> = {
    '--allow-host': [['lab.example', ['lab.example']]],
    '--backend': ['auto', 'node', 'webgpu', 'wasm', 'cpu'].map((name) => [name, name]),
    '--chart': [['curves.svg', 'curves.svg']],
    '--checkpoint': [
      ['last', 'last'],
      ['best', 'best'],
    ],
    '--config': [['a b.json', 'a b.json']],
    '--data-dir': [['folder', 'folder']],
    '--dataset': ['cifar10', 'cifar100', 'shapes'].map((name) => [name, name]),
    '--export': [['folder', 'folder']],
    '--fit': ['cover', 'contain', 'fill'].map((name) => [name, name]),
    '--format': exportFormatNames.map((name) => [name, name]),
    'data export --format': imagesFormatNames.map((name) => [name, name]),
    '--images': [['pets', 'pets']],
    '--host': [['0.0.0.0', '0.0.0.0']],
    '--jobs': [['2', 2]],
    '--kernels': ['plain', 'fma'].map((name) => [name, name]),
    '--lease': [['60', 60]],
    '--mc': [['30', 30]],
    '--mirror': [['http://localhost/a.tar.gz', ['http://localhost/a.tar.gz']]],
    '--name': [['name', 'name']],
    '--output': [['place', 'place']],
    '--port': [
      ['0', 0],
      ['65535', 65_535],
    ],
    '--queue': [
      ['redis://localhost:6379', 'redis://localhost:6379'],
      ['rediss://host', 'rediss://host'],
    ],
    '--recipe': Object.keys(recipes).map((name) => [name, name]),
    '--resume': [['runs/a', 'runs/a']],
    '--run-dir': [['runs/a', 'runs/a']],
    '--seeds': [
      ['3', [0, 1, 2]],
      ['0,3,7', [0, 3, 7]],
    ],
    '--set': [['optimizer.beta2=0.9', ['optimizer.beta2=0.9']]],
    '--size': [
      ['64', [64, 64]],
      ['48x64', [48, 64]],
    ],
    '--store': [['folder', 'folder']],
    '--to': [['pets-png', 'pets-png']],
    '--test': [['pets-test', 'pets-test']],
    '--test-time-augmentation': ['none', 'flip', 'flip_shift'].map((name) => [name, name]),
    '--tensorboard': [['folder', 'folder']],
    '--top': [
      ['1', 1],
      ['all', 'all'],
    ],
    '--workers': [['2', 2]],
  };
  const needed: Readonly<Record<string, readonly string[]>> = {
    worker: ['--queue', 'redis://localhost'],
    'data export': ['--format', 'folder', '--to', 'pets-png'],
  };
  const ofSettings = new Set(listFlags(runConfigSchema).map(({ name }) => `--${name}`));

  const commandsOf = (command: Command, names: readonly string[]): [string[], Command][] =>
    command.commands.length === 0
      ? [[[...names], command]]
      : command.commands.flatMap((one) => commandsOf(one, [...names, one.name()]));
  const program = buildProgram({
    signal: new AbortController().signal,
    commandLine: () => [],
    onExitCode: () => {},
  });
  const lines = commandsOf(program, []).flatMap(([names, command]) =>
    command.options
      .filter(({ long }) => !(ofSettings.has(long!) && ['train', 'sweep'].includes(command.name())))
      .flatMap((option) => {
        const start = [
          ...names,
          ...command.registeredArguments.map(({ required }) => (required ? 'place' : 'runs')),
        ];
        const beside = needed[names.join(' ')] ?? [];
        const name = option.attributeName();
        if (!option.required)
          return [{ line: [...start, ...beside, option.long!], name, value: !option.negate }];
        const own = values[`${names.join(' ')} ${option.long}`] ?? values[option.long!];
        if (own === undefined) throw new Error(`${option.long}: expected values to try here, found none`);
        return own.map(([typed, value]) => ({
          line: [...start, ...beside, option.long!, typed],
          name,
          value,
        }));
      }),
  );

  test.each(lines)('$line', async ({ line, name, value }) => {
    expect((await readCommandLine(line)).options[name]).toEqual(value);
  });

  /** Defaults that are no value, but say what is done without one. */
  const inProse = [
    'a fifth of each class',
    'one per core on wasm',
    'that of the pictures if all share one of at most 64, otherwise 32',
    "the run's setting",
    `the one that the ending of --output names, otherwise ${DEFAULT_FORMAT}`,
    "in the run's folder <checkpoint>, with the format's ending, or a folder of the format's name",
  ];
  const defaults = commandsOf(program, []).flatMap(([names, command]) =>
    command.options.flatMap((option) => {
      const inHelp = /default: ([^()]*)\)$/.exec(option.description)?.[1];
      const text = inHelp ?? (option.defaultValue === undefined ? undefined : `${option.defaultValue}`);
      const isSetting = ofSettings.has(option.long!) && ['train', 'sweep'].includes(command.name());
      if (isSetting || option.negate || text === undefined || inProse.includes(text)) return [];
      const places = command.registeredArguments.map(() => 'place');
      const beside = option.mandatory ? [] : (needed[names.join(' ')] ?? []);
      // Some have a word behind the value: 4321 or the next that is free.
      return [[...names, ...places, ...beside, option.long!, text.replace(/,? (?:or|for) .*/, '')]];
    }),
  );

  test.each(defaults.map((line) => ({ line })))('$line: a default of the help', async ({ line }) => {
    await expect(readCommandLine(line)).resolves.toBeDefined();
  });
});
