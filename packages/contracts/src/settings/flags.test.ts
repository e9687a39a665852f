import { describe, expect, test } from 'vitest';
import {
  configOfFlags,
  configWith,
  flagsOfConfig,
  isPlain,
  listFlags,
  listSettings,
  mergeConfig,
  type PlainObject,
  parseRunConfig,
  quoted,
  runConfigSchema,
  valueInWords,
  writtenConfig,
} from '../index.ts';

const flags = listFlags(runConfigSchema);
const helpOf = (name: string) => flags.find((flag) => flag.name === name)?.help;

test('the help of a flag has its setting, the members that have it and its default', () => {
  expect(helpOf('epochs')).toBe('passes over the training images (default: 55)');
  expect(helpOf('optimizer')).toMatch(/^optimizer: adam, .*sgd.* \(default: adam\)$/);
  expect(helpOf('learning-rate')).toMatch(/default: 0\.001 for adam, 0\.01 for sgd/);
  expect(helpOf('momentum')).toMatch(/\(default: 0 for sgd, 0 for rmsprop, 0.95 for muon\)$/);
  expect(helpOf('max-norm')).toMatch(/ \(default: 2; none turns it off\)$/);
  expect(helpOf('nesterov')).toMatch(/default: off\)$/);
});

test('no two settings share a flag but the same one of several members of a family', () => {
  for (const { name, settings } of flags) {
    expect(new Set(settings.map(({ path }) => path)), name).toHaveProperty('size', 1);
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
  }
});

test.each<[object, string[]]>([
  [{}, []],
  [{ epochs: 3, seed: 1 }, ['--epochs 3', '--seed 1']],
  [{ model: { maxNorm: null, dropout: { rate: 0 } } }, ['--dropout 0', '--max-norm none']],
  [{ model: { maxNorm: { axis: [0, 1, 2] } } }, ['--max-norm-axis 0,1,2']],
  [
    { optimizer: { name: 'sgd', momentum: 0.9, nesterov: true } },
    ['--optimizer sgd', '--momentum 0.9', '--nesterov'],
  ],
  [{ optimizer: { beta2: 0.99 }, shuffle: false }, ['--set optimizer.beta2=0.99', '--set shuffle=false']],
  [{ augmentation: { flip: true } }, ['--flip']],
  [{ augmentation: { crop: 2, flip: false } }, ['--crop 2']],
  [
    { augmentation: { flip: 'alternating', crop: 2, cropFill: 'reflect' }, dropRemainder: true },
    ['--flip alternating', '--crop 2', '--crop-fill reflect', '--drop-remainder'],
  ],
  [{ model: { filters: [8, 9] } }, ["--set 'model.filters=[8,9]'"]],
  [
    { schedule: { name: 'cosine_decay', decaySteps: 10 } },
    ['--set schedule.name=cosine_decay', '--set schedule.decaySteps=10'],
  ],
])('%j as options', (input, options) => {
  const config = parseRunConfig(input);
  expect(flagsOfConfig(runConfigSchema, writtenConfig(config))).toEqual(options);
});

const set = (text: string) => {
  const [path, value] = text.split(/=(.*)/s);
  return { path: path!, text: value! };
};

test.each<[Record<string, string>, string[], object]>([
  [{ 'learning-rate': '0.1' }, ['optimizer.name=sgd'], { optimizer: { name: 'sgd', learningRate: 0.1 } }],
  [
    {},
    ['optimizer.learningRate=0.1', 'optimizer.name=sgd'],
    { optimizer: { name: 'sgd', learningRate: 0.1 } },
  ],
  [
    { 'learning-rate': '0.1' },
    ['optimizer={"name":"sgd","momentum":0.9}'],
    { optimizer: { name: 'sgd', learningRate: 0.1, momentum: 0.9 } },
  ],
  [
    {},
    ['callbacks.0.patience=3', 'callbacks.0.name=early_stopping'],
    { callbacks: [{ name: 'early_stopping' }] },
  ],
  [
    {},
    ['callbacks.0.name=early_stopping', 'callbacks.0.patience=3'],
    { callbacks: [{ name: 'early_stopping', patience: 3 }] },
  ],
  [{}, ['model.filters.0=32'], { model: { filters: [32, 64] } }],
  [{}, ['model.filters.2=32'], { model: { filters: [64, 64, 32] } }],
])('%j and --set %j, whichever way round', (values, texts, expected) => {
  expect(configOfFlags(runConfigSchema, values, {}, texts.map(set))).toEqual(expected);
});

test.each<[Record<string, string>, string[], PlainObject, string]>([
  [
    { dropout: '0.1' },
    ['model.layers=[{"kind":"flatten"}]'],
    {},
    '--dropout: expected a model of the preset tutorial',
  ],
  [
    { 'max-norm': 'none' },
    ['model.maxNorm.axis=1'],
    {},
    '--set model.maxNorm.axis: expected model.maxNorm with it',
  ],
  [
    {},
    ['model.filters.3=32'],
    {},
    '--set model.filters.3: expected an index from 0 to 2 in a list of 2, received 3',
  ],
  [{ 'learning-rate': '0.1' }, [], { optimizer: null }, 'optimizer: expected an object, received null'],
  [{ dropout: '0.1' }, [], { model: null }, 'model: expected an object, received null'],
])('%j and --set %j over %j is refused', (values, texts, base, message) => {
  expect(() => configOfFlags(runConfigSchema, values, base, texts.map(set))).toThrow(message);
});

test.each<[Record<string, string>, PlainObject, string]>([
  [{ momentum: '0.9' }, {}, '--momentum: expected --optimizer sgd, rmsprop or muon with it, received adam'],
  [
    { 'max-norm': 'none', 'max-norm-axis': '0' },
    {},
    '--max-norm-axis: expected model.maxNorm with it, received none: leave one of the two out',
  ],
  [
    { 'max-norm-axis': '0' },
    { model: { maxNorm: null } },
    '--max-norm-axis: expected model.maxNorm with it, received none: leave one of the two out',
  ],
  [
    { dropout: '0.5' },
    { model: { layers: [] } },
    '--dropout: expected a model of the preset tutorial or vgg, received the preset layers: set it in the list of layers instead',
  ],
  [
    { 'crop-fill': 'reflect' },
    {},
    '--crop-fill: expected augmentation.crop above 0 with it, since it does nothing without, received 0: set both, or leave it out',
  ],
  [
    { dropout: '0.1' },
    { model: { dropout: { rates: [0.3, 0.3] } } },
    '--dropout: expected no model.dropout.rates beside it, which takes its place, received [0.3,0.3]: leave one of the two out',
  ],
])('%j over %j does not apply, and says so', (values, base, message) => {
  expect(() => configOfFlags(runConfigSchema, values, base)).toThrow(message);
});

test('what another setting makes useless is refused for --set too, and left alone where it is the default', () => {
  const over = (base: PlainObject, ...texts: string[]) =>
    configOfFlags(runConfigSchema, {}, base, texts.map(set));
  expect(() => over({}, 'augmentation.cropFill=reflect')).toThrow('--set augmentation.cropFill: expected');
  expect(() => over({ optimizer: { name: 'sgd' } }, 'optimizer.weightDecayMode=coupled')).toThrow(
    '--set optimizer.weightDecayMode: expected optimizer.weightDecay above 0',
  );
  expect(() => over({ model: { dropout: { rates: [0.3] } } }, 'model.dropout.rate=0.1')).toThrow(
    '--set model.dropout.rate: expected no model.dropout.rates beside it',
  );
  const crop = { crop: 2, cropFill: 'reflect' };
  expect(over({}, 'augmentation.cropFill=reflect', 'augmentation.crop=2')).toEqual({ augmentation: crop });
  expect(over({}, 'augmentation.cropFill=zeros')).toEqual({ augmentation: { cropFill: 'zeros' } });
  const without = { model: { dropout: { rates: null, rate: 0.1 } } };
  expect(
    over({ model: { dropout: { rates: [0.3] } } }, 'model.dropout.rates=none', 'model.dropout.rate=0.1'),
  ).toEqual(without);
});

test.each<[string | boolean, unknown]>([
  [true, true],
  ['alternating', 'alternating'],
  ['true', true],
  ['false', false],
  ['on', true],
  ['off', false],
])('--flip with the value %j is %j: a switch may have a value', (typed, flip) => {
  expect(configOfFlags(runConfigSchema, { flip: typed }, {})).toEqual({ augmentation: { flip } });
});

test.each(['0,1,2', '[0,1,2]', '[0, 1, 2]'])('a list is typed with or without brackets: %s', (axis) => {
  expect(configOfFlags(runConfigSchema, { 'max-norm-axis': axis }, {})).toEqual({
    model: { maxNorm: { axis: [0, 1, 2] } },
  });
});

describe('a default is a value of its setting as help, tables and arms of a sweep print it', () => {
  const settings = listSettings(runConfigSchema).filter(
    // Of a place in a list, only the list can be given; of an object, its settings are printed.
    ({ path, default: value }) => value !== undefined && !path.includes('[]'),
  );

  test.each(settings.map((setting) => [setting.path, setting.of?.name ?? 'all', setting] as const))(
    '%s of %s',
    (path, _, setting) => {
      const base = setting.of === undefined ? {} : configAtMember(setting.of);
      const expected = configWith(runConfigSchema, base, path, setting.default, 'default');
      const whenNone = setting.none && configWith(runConfigSchema, base, setting.none, null, 'default');
      const isInTables = [JSON.stringify(setting.default)];
      const isPrinted =
        Array.isArray(setting.default) || isPlain(setting.default) ? [] : [valueInWords(setting.default)];
      for (const text of [...isInTables, ...isPrinted]) {
        const given = configOfFlags(runConfigSchema, {}, base, [{ path, text }]);
        const wanted = [expected, ...(setting.default === null && whenNone ? [whenNone] : [])];
        expect(
          wanted.map((one) => mergeConfig(base, one)),
          text,
        ).toContainEqual(given);
        // A shell takes the quotes of a text away.
        if (setting.flag === undefined || text.startsWith('"')) continue;
        expect(configOfFlags(runConfigSchema, { [setting.flag]: text }, base), text).toEqual(given);
      }
    },
  );

  const configAtMember = ({ path, name }: { readonly path: string; readonly name: string }): PlainObject =>
    path.split('.').reduceRight<PlainObject>((inner, key) => ({ [key]: inner }), {
      [path === 'model' ? 'preset' : 'name']: name,
    });
});

test.each(flags)('the help of --$name has no null, which nobody types', ({ help }) => {
  expect(help).not.toMatch(/\bnull\b/);
});

test('flags of a configuration give the same configuration', () => {
  const config = parseRunConfig({
    dataset: 'cifar100',
    model: { dropout: { rate: 0.25, inputRate: 0.1 }, maxNorm: { value: 3, axis: [0, 1, 2] } },
    optimizer: { name: 'sgd', learningRate: 0.05, momentum: 0.9, nesterov: true },
    augmentation: { flip: 'alternating', crop: 4, cutout: 0 },
    limitTrain: 100,
    splitMethod: 'stratified',
  });
  const values = Object.fromEntries(
    flagsOfConfig(runConfigSchema, writtenConfig(config)).map((option) => {
      const [name, value] = option.slice(2).split(' ');
      return [name!, value ?? true];
    }),
  );
  expect(parseRunConfig(configOfFlags(runConfigSchema, values, {}))).toEqual(config);
});

test('a name that there is not is refused by what there is, not by the flag with it', () => {
  const parse = (values: Record<string, string>, base = {}) =>
    parseRunConfig(configOfFlags(runConfigSchema, values, base));
  expect(() => parse({ momentum: '0.9', optimizer: 'sgdd' })).toThrow('received "sgdd": did you mean "sgd"?');
  expect(() => parse({ dropout: '0.1' }, { model: { preset: 'tutoral' } })).toThrow(
    'received "tutoral": did you mean "tutorial"?',
  );
});

test.each([
  [{ path: 'model.maxNorm', text: 'none' }, { model: { maxNorm: null } }],
  [{ path: 'model.maxNorm.value', text: 'none' }, { model: { maxNorm: null } }],
  [{ path: 'limitTrain', text: 'none' }, { limitTrain: null }],
  [{ path: 'limitTrain', text: 'null' }, { limitTrain: null }],
  [{ path: 'model.dropout.noiseShape', text: 'none' }, { model: { dropout: { noiseShape: null } } }],
  [{ path: 'epochs', text: 'none' }, { epochs: 'none' }],
])('none is null where a setting may be: %j', (assignment, expected) => {
  expect(configOfFlags(runConfigSchema, {}, {}, [assignment])).toEqual(expected);
});

test.each([
  ['plain', 'plain'],
  ['', "''"],
  ['my runs', "'my runs'"],
  ["it's", "'it'\\''s'"],
  ['$HOME', "'$HOME'"],
  ['a\nb', "'a\nb'"],
])('the word %j is quoted for a shell where it must be', (word, expected) => {
  expect(quoted(word)).toBe(expected);
});
