import { ArmLabel } from '../shared/charts/marks.tsx';
import { wholeNumbers } from '../shared/format.ts';
import { type Arm, settingDifferences } from '../shared/runs/arms.ts';
import type { Summary } from '../shared/runs/summary.ts';
import { settingInWords } from '../shared/settings/setting-words.ts';
import { groupsOf } from './groups.ts';

/** The settings in which the arms differ. */
export const Differences = ({ shown }: { readonly shown: readonly Summary[] }) => {
  const groups = groupsOf(shown);
  const configs = groups.map(([, [first]]) => {
    const { seed: _, ...config } = first!.run.manifest.config;
    return config;
  });
  const differences = settingDifferences(configs);
  const seeds = groups.map(([, group]) => group.map(({ run }) => run.manifest.config.seed));
  const settings: Setting[] = differences.map(({ path, values }) => ({
    path,
    words: values.map((value) => (value === undefined ? '–' : settingInWords(path, value))),
  }));
  if (new Set(seeds.flat()).size > 1) settings.push({ path: 'seed', words: seeds.map(wholeNumbers) });
  return (
    <section aria-labelledby="differences-title" class="scroll" tabIndex={-1}>
      <h2 id="differences-title">Settings that differ</h2>
      {settings.length === 0 ? <p class="muted">None.</p> : <Table groups={groups} settings={settings} />}
    </section>
  );
};

interface Setting {
  readonly path: string;
  /** Its value in each arm. */
  readonly words: readonly string[];
}

interface TableProps {
  readonly groups: readonly (readonly [Arm, unknown])[];
  readonly settings: readonly Setting[];
}

/** More arms are rows: as columns they would be wider than the page. */
const MOST_COLUMNS = 6;

const Table = ({ groups, settings }: TableProps) => {
  const arms = groups.map(([arm]) => ({ key: arm.key, name: <ArmLabel arm={arm} /> }));
  const paths = settings.map(({ path }) => ({ key: path, name: <code>{path}</code> }));
  const areRows = groups.length > MOST_COLUMNS;
  const [rows, columns] = areRows ? [arms, paths] : [paths, arms];
  return (
    <table class="plain">
      <thead>
        <tr>
          <th scope="col">{areRows ? 'Arm' : 'Setting'}</th>
          {columns.map(({ key, name }) => (
            <th key={key} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, name }, row) => (
          <tr key={key}>
            <th scope="row">{name}</th>
            {columns.map((one, column) => {
              const [setting, arm] = areRows ? [column, row] : [row, column];
              return <td key={one.key}>{settings[setting]!.words[arm]}</td>;
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
};
