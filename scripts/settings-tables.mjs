/**
 * Makes the tables of settings in README.md and docs/settings.md from the descriptions in @dropout-lab/contracts.
 *
 *     npm run docs:settings
 *
 * writes them; a test compares.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { datasets, listFlags, listSettings, runConfigSchema, valueInWords } from '@dropout-lab/contracts';
import { markdownTable } from 'markdown-table';
import { repository } from './spawn-turbo.mjs';

/** @typedef {import('@dropout-lab/contracts').Setting} Setting */

const settings = listSettings(runConfigSchema);

/** Unaligned, so that a longer cell changes no other line. @param {string[]} header @param {string[][]} rows */
const table = (header, rows) =>
  markdownTable(
    [header, ...rows].map((cells) => cells.map((cell) => cell.replaceAll('|', '\\|'))),
    { alignDelimiters: false },
  );

/** Returns the help text, with the unit where it does not name it. @param {Setting} setting */
const withUnit = ({ description = '', unit }) =>
  unit === undefined || description.toLowerCase().includes(unit) ? description : `${description} (${unit})`;

/** Says what may be null: the setting, or the object around it. @param {Setting} setting */
const noneInWords = ({ none, path }) =>
  none === undefined ? '' : none === path ? ', or null' : `; \`${none.split('.').at(-1)}\` may be null`;

/** @param {readonly Setting[]} rows @param {string} prefix */
const settingsTable = (rows, prefix) =>
  table(
    ['setting', 'what it is', 'values', 'default', 'option'],
    rows.map((setting) => [
      `\`${setting.path.slice(prefix.length)}\``,
      withUnit(setting),
      `${setting.expected}${noneInWords(setting)}`,
      setting.default === undefined ? 'must be given' : `\`${JSON.stringify(setting.default)}\``,
      setting.flag === undefined || setting.path.includes('[]') ? '' : `\`--${setting.flag}\``,
    ]),
  );

/** Settings within lists have tables of their own. @param {string} path @returns {(setting: Setting) => boolean} */
const isWithin =
  (path) =>
  ({ of }) => {
    const rest = of?.path.startsWith(path) ? of.path.slice(path.length) : undefined;
    return rest !== undefined && !rest.includes('[]');
  };

/** Makes a section for each member of a family, with its settings and those of families within. @param {string} path */
const family = (path) => {
  const choice = settings.find(
    (setting) => setting.path.startsWith(`${path}.`) && setting.choices.length > 0,
  );
  /** @type {Map<string, Setting[]>} */
  const rows = new Map((path.endsWith('[]') ? [] : (choice?.choices ?? [])).map((name) => [name, []]));
  let member = '';
  for (const setting of settings.filter(isWithin(path))) {
    // The settings of an inner family follow the setting that chooses its member.
    if (setting.of?.path === path) member = setting.of.name;
    rows.set(member, [...(rows.get(member) ?? []), setting]);
  }
  return [...rows]
    .map(
      ([name, of]) =>
        `### \`${name}\`\n\n${of.length === 0 ? 'No settings.' : settingsTable(of, `${path}.`)}`,
    )
    .join('\n\n');
};

/** Settings of the run itself: those of no family, and those that choose a member of one. */
const ofRun = settings.filter(({ path, of }) => of === undefined && !path.includes('[]'));

const datasetTable = table(
  ['data set', 'title', 'images', 'training', 'test', 'classes'],
  Object.entries(datasets).map(([name, { title, imageShape, trainImages, testImages, classNames }]) => [
    `\`${name}\``,
    title,
    imageShape.join(' x '),
    `${trainImages}`,
    `${testImages}`,
    `${classNames.length}`,
  ]),
);

/** @type {Partial<Record<Setting['kind'], string>>} */
const placeholders = { boolean: ' [on|off]', switch: ' [on|off|NAME]', choice: ' NAME', list: ' LIST' };

/** The options; defaults that depend on the family's member are in docs/settings.md. */
const optionTable = table(
  ['option', ''],
  listFlags(runConfigSchema).map(({ name, kind, settings: [first, ...others] }) => {
    const setting = /** @type {Setting} */ (first);
    const isSame = others.every((other) => other.default === setting.default);
    const defaultValue = isSame ? valueInWords(setting.default) : `that of the ${setting.of?.path}`;
    return [
      `\`--${name}${placeholders[kind] ?? ' N'}${setting.none === undefined ? '' : '|none'}\``,
      `${setting.description} (${defaultValue})`,
    ];
  }),
);

/** The tables by their names in documents. */
const tables = {
  options: optionTable,
  run: settingsTable(ofRun, ''),
  models: family('model'),
  layers: family('model.layers[]'),
  optimizers: family('optimizer'),
  schedules: family('schedule'),
  losses: family('loss'),
  callbacks: family('callbacks[]'),
  averaging: family('averaging'),
  dropout: family('dropoutSchedule'),
  groups: settingsTable(
    settings.filter(({ path }) => path.startsWith('weightGroups[].')),
    'weightGroups[].',
  ),
  datasets: datasetTable,
};

/** The documents that have tables of settings. */
export const documents = ['README.md', 'docs/settings.md'];

/**
 * Returns a document with its tables made again from the descriptions: each is between `<!-- settings: NAME -->` and
 * `<!-- /settings -->`.
 *
 * @param {string} text
 */
export const withTables = (text) =>
  text.replaceAll(/(<!-- settings: (\w+) -->\n)[\s\S]*?(<!-- \/settings -->)/g, (whole, start, name, end) => {
    const content = tables[/** @type {keyof typeof tables} */ (name)];
    return content === undefined ? whole : `${start}\n${content}\n\n${end}`;
  });

if (argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of documents) {
    const file = `${repository}/${name}`;
    writeFileSync(file, withTables(readFileSync(file, 'utf8')));
  }
}
