import { listFlags, listSettings, runConfigSchema, type Setting } from '@dropout-lab/contracts';
import { describe, expect, test, vi } from 'vitest';
import { createProgram } from './program.ts';

/** More images than there are: refused when everything else has been accepted, before anything is fetched or written. */
const tooMany = ['--limit-test', '99999999'];

const refusalOf = async (...args: readonly string[]): Promise<string> => {
  // Commander writes its own message too.
  const quiet = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const failure = await createProgram(new AbortController().signal)(['train', ...args, ...tooMany]).then(
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
    boolean: ['true', 'false'],
    choice: choices,
    number: [`${Math.min(range.max ?? 2, Math.max(range.min ?? 0, range.step === 1 ? 2 : 0.25))}`],
    text: ['text'],
    list: [],
    object: [],
  }[kind];
  const list = kind === 'list' && expected.startsWith('an axis') ? ['0', '0,1,2'] : [];
  return [...some, ...list, ...(none === undefined ? [] : ['none'])];
};

describe('every option is taken by the command with every kind of value that it may have', () => {
  const lines = listFlags(runConfigSchema)
    .filter(({ name }) => name !== 'limit-test')
    .flatMap(({ name, kind, settings: [setting] }) => {
      const beside = setting!.of?.path === 'optimizer' ? ['--optimizer', setting!.of.name] : [];
      if (kind === 'boolean') return [[...beside, `--${name}`]];
      // The images and classes of another data set need no other model.
      return valuesOf(setting!).map((value) => [...beside, `--${name}`, value]);
    });

  test.each(lines)('%s %s %s %s', async (...line) => {
    expect(await refusalOf(...line.filter((word) => typeof word === 'string'))).toMatch(accepted);
  });
});

describe('every setting is reached by --set', () => {
  const settings = listSettings(runConfigSchema).filter(
    ({ path, kind }) => !path.includes('[]') && path !== 'limitTest' && kind !== 'list' && kind !== 'object',
  );

  test.each(settings.map((setting) => [setting.path, setting.of?.name ?? '', setting] as const))(
    '%s %s',
    async (path, _, setting) => {
      const { of } = setting;
      const family = of && of.path !== 'model' ? ['--set', `${of.path}.name=${of.name}`] : [];
      // Those of a family without defaults are needed beside it.
      const needed = listSettings(runConfigSchema)
        .filter(
          (one) => of && one.of?.name === of.name && one.of.path === of.path && one.default === undefined,
        )
        .flatMap((one) => [
          '--set',
          `${one.path}=${one.path.endsWith('values') ? '[0.1,0.2]' : one.path.endsWith('boundaries') ? '[5]' : '1'}`,
        ]);
      if (path.startsWith('model.') && of?.name === 'layers') return;
      if (path === 'model.preset' || path === 'model.numClasses') return;
      const value = path.endsWith('.name') ? String(setting.default) : valuesOf(setting)[0]!;
      expect(await refusalOf(...family, ...needed, '--set', `${path}=${value}`)).toMatch(accepted);
    },
  );
});
