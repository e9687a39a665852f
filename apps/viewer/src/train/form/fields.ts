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
  type SettingDefaults,
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
  /** Whether it is always shown, or only with the less usual ones. */
  readonly isUsual: boolean;
  /** Its value when it is not set, as it is in the address. */
  readonly byDefault: string;
  /** The same for a person. */
  readonly placeholder: string;
}

export const groups = ['Model', 'Optimizer', 'Training', 'Data'] as const;
/** The subject of a setting. */
type Group = (typeof groups)[number];

/** By the first key of a path; all others are about training. */
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

/** The settings that most people change. */
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

/**
 * Returns the fields of the settings that the configuration has: no momentum while the optimizer is Adam, no data set beside
 * images of one's own.
 */
export const fieldsOf = (values: FlagValues, own: SettingDefaults = {}): Field[] => {
  const config = configOfValues(values, own);
  return runFlags.flatMap((flag): Field[] => {
    const setting = settingIn(flag, config);
    if (setting === undefined || (setting.path === 'dataset' && own.dataset !== undefined)) return [];
    const untouched = flag.name in values ? configOfValues(without(values, flag), own) : config;
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
 * Returns the flag whose value an error is about; a list's also when the error is about one of its items. A path may begin
 * within the configuration, as those of errors about a model do: `maxNorm.axis`.
 */
export const flagOfError = ({ path }: ConfigError, fields: readonly Field[]): Flag | undefined => {
  if (path.length === 0) return undefined;
  const place = path.join('.');
  const whole = fields.find(({ setting }) => `${place}.`.startsWith(`${setting.path}.`));
  const end = `.${place.replace(/(\.\d+)+$/, '')}`;
  return (whole ?? fields.find(({ setting }) => setting.path.endsWith(end)))?.flag;
};
