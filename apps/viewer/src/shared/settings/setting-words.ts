import {
  averagingSchema,
  canonicalJson,
  type DatasetName,
  datasetOf,
  datasets,
  isPlain,
  listSettings,
  lossSchema,
  memberOf,
  membersOf,
  optimizerSchema,
  runConfigSchema,
  type Setting,
  scheduleSchema,
  valueInWords,
} from '@dropout-lab/contracts';

/** By path; the first member of a family names the settings that several members have. */
const settings: ReadonlyMap<string, Setting> = new Map(
  [...listSettings(runConfigSchema)].reverse().map((setting) => [setting.path, setting]),
);

/** Returns the setting at a path of a configuration, which may have places in lists: `callbacks[0].patience`. */
const settingAt = (path: string): Setting | undefined => settings.get(path.replaceAll(/\[\d+\]/g, '[]'));

/** Returns `kernelSize` and `cosine_decay` in words. */
const inWords = (name: string): string =>
  name.replaceAll('_', ' ').replaceAll(/([A-Z])/g, (capital) => ` ${capital.toLowerCase()}`);

/** Returns `layers[2].rate` as `layers 3 rate`, and the last key of other paths. */
const pathInWords = (path: string): string => {
  const keys = path.split('.');
  const list = keys.findIndex((key) => key.endsWith(']'));
  return keys
    .slice(list === -1 ? -1 : list)
    .map((key) => inWords(key.replaceAll(/\[(\d*)\]/g, (_, place) => ` ${Number(place) + 1}`)))
    .join(' ');
};

/** Returns a setting's name where there is little room: `dropout`, `batch size`. */
export const nameOfSetting = ({ label, flag, path }: Pick<Setting, 'label' | 'flag' | 'path'>): string =>
  label ?? flag?.replaceAll('-', ' ') ?? pathInWords(path);

const nameAt = (path: string): string => {
  const setting = settingAt(path);
  // A setting of an item in a list is named by its place.
  return setting && !path.includes('[') ? nameOfSetting(setting) : pathInWords(path);
};

const families = {
  optimizer: optimizerSchema,
  schedule: scheduleSchema,
  loss: lossSchema,
  averaging: averagingSchema,
};

const memberTitle = (family: keyof typeof families, name: string): string | undefined => {
  const title = membersOf(families[family])?.members.get(name)?.meta()?.title;
  return typeof title === 'string' ? title : undefined;
};

const isIn = <Table extends object>(table: Table, key: string): key is Extract<keyof Table, string> =>
  Object.hasOwn(table, key);

/** Returns the title of a choice: `SGD`, `CIFAR-10`, `cosine decay`. */
export const titleOfChoice = (path: string, choice: string): string => {
  const family = path.slice(0, path.lastIndexOf('.'));
  const title = isIn(families, family) ? memberTitle(family, choice) : undefined;
  if (title !== undefined) return title;
  if (path === 'dataset' && isIn(datasets, choice)) return datasetOf(choice satisfies DatasetName).title;
  return inWords(choice);
};

/** Whether a choice is clear without its setting's name: `Adam`, `CIFAR-10`. */
const speaksForItself = (path: string): boolean => path === 'dataset' || /\.(name|kind|preset)$/.test(path);

/** The most characters of one setting in a label. */
const MOST_CHARACTERS = 60;

const shortened = (text: string): string =>
  text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS - 1)}…`;

/** Returns the members of a list: `2 × conv2d, flatten, 2 × dense`. */
const membersInWords = (list: readonly Readonly<Record<string, unknown>>[]): string => {
  const counts = new Map<string, number>();
  for (const member of list) {
    const name = inWords(String(memberOf(member)));
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => (count === 1 ? name : `${count} × ${name}`)).join(', ');
};

/** Returns a member of a family with its settings: `max norm, max value 2, axis 0`, `l2 0.01`. */
const memberInWords = (member: Readonly<Record<string, unknown>>): string => {
  const name = memberOf(member);
  if (typeof name !== 'string') return canonicalJson(member);
  const others = Object.entries(member).filter(([, value]) => value !== name);
  const [same, ...more] = others;
  if (same?.[0] === name && more.length === 0) return `${inWords(name)} ${whatever(same[1])}`;
  return [name, ...others.map(([key, value]) => `${key} ${whatever(value)}`)].map(inWords).join(', ');
};

const whatever = (value: unknown): string => {
  if (value === undefined) return 'none';
  return isPlain(value) ? memberInWords(value) : valueInWords(value);
};

/** Returns a setting and its value for a person: `dropout 0.5`, `no max-norm`, `SGD`. */
export const settingInWords = (path: string, value: unknown): string => {
  const special = phrases[path]?.(value);
  if (special !== undefined) return special;
  const setting = settingAt(path);
  const name = nameAt(path);
  if (setting?.kind === 'choice' && typeof value === 'string') {
    const title = titleOfChoice(path, value);
    return speaksForItself(path) ? title : `${name} ${title}`;
  }
  if (Array.isArray(value) && value.length === 0) return `no ${name}`;
  if (Array.isArray(value) && value.every(isPlain)) return shortened(membersInWords(value));
  if (typeof value === 'number' && setting?.unit === name) return `${value} ${name}`;
  return shortened(`${name} ${whatever(value)}`);
};

const images =
  (kind: string) =>
  (value: unknown): string =>
    value === null ? `all ${kind}` : `${value} ${kind}`;

/** Phrases for settings whose name with the value beside it would not be English. */
const phrases: Readonly<Record<string, (value: unknown) => string | undefined>> = {
  'model.dropout.rate': (value) => (value === 0 ? 'no dropout' : undefined),
  'model.dropout.inputRate': (value) => (value === 0 ? 'no input dropout' : undefined),
  'model.maxNorm': (value) => {
    if (value === null) return 'no max-norm';
    return isPlain(value) ? settingInWords('model.maxNorm.value', value['value']) : undefined;
  },
  'schedule.name': (value) => `${titleOfChoice('schedule.name', String(value))} rate`,
  'model.kernelRegularizer': (value) => (value === null ? 'no kernel regularizer' : undefined),
  'model.kernelConstraint': (value) => (value === null ? 'no kernel constraint' : undefined),
  'averaging.name': (value) => (value === 'none' ? 'no averaging' : undefined),
  'dropoutSchedule.name': (value) => `${titleOfChoice('dropoutSchedule.name', String(value))} dropout`,
  weightGroups: (value) => {
    const groups = Array.isArray(value) ? value.length : 0;
    return groups === 0 ? 'no weight groups' : `${groups} weight group${groups === 1 ? '' : 's'}`;
  },
  // Two states of a folder have the same title.
  dataset: (value) =>
    isPlain(value) ? `${value['title']} #${String(value['sha256']).slice(0, 4)}` : undefined,
  limitTrain: images('images'),
  limitTest: images('test images'),
};
