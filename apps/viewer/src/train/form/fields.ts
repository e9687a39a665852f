import {
  type ConfigError,
  type Flag,
  type RunConfig,
  type Setting,
  valueAt,
  valueInWords,
} from '@dropout-lab/contracts';
import {
  configOfValues,
  type FlagValues,
  runFlags,
  settingIn,
  textOf,
  without,
} from '../../shared/settings/flag-values.ts';
import { nameOfSetting, titleOfChoice } from '../../shared/settings/setting-words.ts';

/** A setting as the form shows it. */
export interface Field {
  readonly flag: Flag;
  readonly setting: Setting;
  readonly label: string;
  readonly group: Group;
  /** Shown at once; others with the less usual ones. */
  readonly isUsual: boolean;
  /** What it is when it is left alone, as the address has it and for a person. */
  readonly byDefault: string;
  readonly placeholder: string;
}

export const groups = ['Model', 'Optimizer', 'Training', 'Data'] as const;
/** What a setting is about. */
type Group = (typeof groups)[number];

/** By the first key of a path; what is not named here is about training. */
const groupOf: Readonly<Record<string, Group>> = {
  model: 'Model',
  optimizer: 'Optimizer',
  schedule: 'Optimizer',
  loss: 'Optimizer',
  dataset: 'Data',
  augmentation: 'Data',
  limitTrain: 'Data',
  limitTest: 'Data',
  validationSplit: 'Data',
  splitMethod: 'Data',
};

/** What most want to change. */
const usual = [
  'dataset',
  'dropout',
  'max-norm',
  'optimizer',
  'learning-rate',
  'batch-size',
  'epochs',
  'limit-train',
  'seed',
];

/** The fields that have a place in what is set: no momentum while the optimizer is Adam. */
export const fieldsOf = (values: FlagValues): Field[] => {
  const config = configOfValues(values);
  return runFlags.flatMap((flag): Field[] => {
    const setting = settingIn(flag, config);
    if (setting === undefined) return [];
    const untouched = flag.name in values ? configOfValues(without(values, flag)) : config;
    const name = nameOfSetting(setting);
    return [
      {
        flag,
        setting,
        label: name.charAt(0).toUpperCase() + name.slice(1),
        group: groupOf[setting.path.split('.')[0]!] ?? 'Training',
        isUsual: usual.includes(flag.name),
        byDefault: textOf(setting, untouched),
        placeholder: placeholderOf(setting, untouched),
      },
    ];
  });
};

const placeholderOf = (setting: Setting, untouched: RunConfig): string => {
  const value = valueAt(untouched, setting.path) ?? null;
  return typeof value === 'string' ? titleOfChoice(setting.path, value) : valueInWords(value);
};

/**
 * The flag whose value an error is about: of a list, also when the error is about one of its items. A path may begin
 * within the configuration, as those of errors about a model do: `maxNorm.axis`.
 */
export const flagOfError = ({ path }: ConfigError, fields: readonly Field[]): Flag | undefined => {
  if (path.length === 0) return undefined;
  const place = path.join('.');
  const whole = fields.find(({ setting }) => `${place}.`.startsWith(`${setting.path}.`));
  const end = `.${place.replace(/(\.\d+)+$/, '')}`;
  return (whole ?? fields.find(({ setting }) => setting.path.endsWith(end)))?.flag;
};
