import { ConfigError, type Flag, valueAt } from '@dropout-lab/contracts';
import { expect, test } from 'vitest';
import { fieldsOf, flagOfError } from '../../train/form/fields.ts';
import { addressOf, defaultView, parseAddress } from '../address.ts';
import {
  configOfValues,
  type FlagValues,
  runFlags,
  sensibleValues,
  settingIn,
  withValue,
} from './flag-values.ts';

/** Values of other settings that give a flag its place. */
const placeOf = ({ settings: [first] }: Flag): FlagValues => {
  const family = first!.of;
  const choice = runFlags.find(
    ({ settings: [one] }) => one!.kind === 'choice' && family && one!.path.startsWith(`${family.path}.`),
  );
  const needed = runFlags.find(({ settings: [one] }) => one!.path === first!.needs);
  return { ...(choice && { [choice.name]: family!.name }), ...(needed && { [needed.name]: '7' }) };
};

/** A value that is allowed and not the default. */
const otherThan = ({ settings: [first] }: Flag, byDefault: unknown): string => {
  const { kind, choices, range } = first!;
  if (kind === 'switch') return choices[0]!;
  if (kind === 'boolean') return byDefault === true ? 'no' : 'yes';
  if (kind === 'choice') return choices.find((choice) => choice !== byDefault) ?? choices[0]!;
  if (kind === 'list') return choices[0] ?? '0,1,2';
  return range.max === 1 ? '0.75' : '7';
};

test.each(runFlags.map((flag) => [flag.name, flag] as const))(
  '%s has a field, is in the address and comes back from it',
  (name, flag) => {
    const place = placeOf(flag);
    const before = configOfValues(place);
    const setting = settingIn(flag, before)!;
    const field = fieldsOf(place).find((one) => one.flag.name === name);
    expect(field).toMatchObject({ setting: { path: setting.path, description: expect.any(String) } });
    const text = otherThan(flag, valueAt(before, setting.path));
    const values = withValue(place, flag, text);
    const view = { ...defaultView, page: 'train', values } as const;
    expect(addressOf(view)).toContain(`${name}=${encodeURIComponent(text)}`);
    expect(parseAddress(addressOf(view))).toEqual(view);
    const written = [valueAt(configOfValues(values), setting.path)].flat().join(',');
    expect(written.replace(/^true$/, 'yes').replace(/^false$/, 'no')).toBe(text);
    // An empty field is the default.
    expect(withValue(values, flag, '')).toEqual(sensibleValues(place));
  },
);

test('a setting that has no place in what is configured has no field', () => {
  const namesOf = (values: FlagValues) => fieldsOf(values).map(({ flag }) => flag.name);
  expect(namesOf({})).not.toContain('momentum');
  expect(namesOf({ optimizer: 'sgd' })).toContain('momentum');
  expect(namesOf({})).not.toContain('crop-fill');
  expect(namesOf({ crop: '2' })).toContain('crop-fill');
  expect(namesOf({})).toContain('max-norm-axis');
  expect(namesOf({ 'max-norm': 'none' })).not.toContain('max-norm-axis');
  expect(namesOf({ 'max-norm': 'none' })).toContain('max-norm');
});

test('a field says what it is when it is left alone', () => {
  const placeholders = (values: FlagValues) =>
    Object.fromEntries(fieldsOf(values).map(({ flag, placeholder }) => [flag.name, placeholder]));
  expect(placeholders({ epochs: '3', 'learning-rate': '1' })).toMatchObject({
    dataset: 'CIFAR-10',
    epochs: '20',
    'learning-rate': '0.001',
    'limit-test': 'none',
    'max-norm': '2',
  });
  expect(placeholders({ optimizer: 'sgd' })).toMatchObject({ 'learning-rate': '0.01' });
});

test('what a setting needs takes it along when it is turned off', () => {
  const flag = runFlags.find(({ name }) => name === 'crop')!;
  expect(withValue({ crop: '2', 'crop-fill': 'reflect', epochs: '3' }, flag, '0')).toEqual({ epochs: '3' });
});

test('what was set for one optimizer means nothing to another', () => {
  const flag = runFlags.find(({ name }) => name === 'optimizer')!;
  const values = { optimizer: 'sgd', 'learning-rate': '0.05', momentum: '0.9', epochs: '3' };
  expect(withValue(values, flag, 'adam')).toEqual({ epochs: '3' });
});

test('no max-norm has no axis, whichever was set first', () => {
  const [maxNorm, axis] = ['max-norm', 'max-norm-axis'].map(
    (name) => runFlags.find((flag) => flag.name === name)!,
  ) as [Flag, Flag];
  expect(withValue({ 'max-norm-axis': '1', epochs: '3' }, maxNorm, 'none')).toEqual({
    epochs: '3',
    'max-norm': 'none',
  });
  expect(sensibleValues({ 'max-norm-axis': '1', 'max-norm': 'none' })).toEqual({ 'max-norm': 'none' });
  expect(withValue({ 'max-norm-axis': '1' }, maxNorm, '3')).toEqual({
    'max-norm-axis': '1',
    'max-norm': '3',
  });
  expect(() => withValue({ 'max-norm': 'none' }, axis, '1')).toThrow('leave one of the two out');
});

test('a list may be typed with or without brackets', () => {
  const axis = runFlags.find(({ name }) => name === 'max-norm-axis')!;
  for (const text of ['0,1,2', '[0,1,2]', '[0, 1, 2]', '0, 1, 2'])
    expect(withValue({}, axis, text)).toEqual({ 'max-norm-axis': '0,1,2' });
  expect(withValue({}, axis, '[1]')).toEqual({ 'max-norm-axis': '1' });
  expect(withValue({}, axis, '[0]')).toEqual({});
});

test.each([
  [['epochs'], 'epochs'],
  [['model', 'maxNorm', 'axis', 1], 'max-norm-axis'],
  [['maxNorm', 'axis'], 'max-norm-axis'],
  [['maxNorm', 'axis', 1], 'max-norm-axis'],
  [['dropout', 'rate'], 'dropout'],
  // Without a field.
  [['kernelSize'], undefined],
  [['dropout', 'noiseShape'], undefined],
  [['layers'], undefined],
  [['layers', 0, 'rate'], undefined],
  [['orm', 'axis'], undefined],
  [[], undefined],
] as const)('an error about %j is shown beside %s', (path, name) => {
  expect(flagOfError(new ConfigError('refused', path), fieldsOf({}))?.name).toBe(name);
});

test('a refused value is refused with its path', () => {
  const flag = runFlags.find(({ name }) => name === 'epochs')!;
  expect(() => withValue({}, flag, '0')).toThrow(
    expect.objectContaining({
      path: ['epochs'],
      message: 'run configuration: epochs: expected a whole number above 0, received 0: the nearest is 1',
    }),
  );
});
