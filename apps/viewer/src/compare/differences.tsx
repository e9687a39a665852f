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

const Table = ({ groups, settings }: TableProps) =>
  groups.length > MOST_COLUMNS ? (
    <table class="plain">
      <thead>
        <tr>
          <th scope="col">Arm</th>
          {settings.map(({ path }) => (
            <th key={path} scope="col">
              <code>{path}</code>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {groups.map(([arm], i) => (
          <tr key={arm.key}>
            <th scope="row">
              <ArmLabel arm={arm} />
            </th>
            {settings.map(({ path, words }) => (
              <td key={path}>{words[i]}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  ) : (
    <table class="plain">
      <thead>
        <tr>
          <th scope="col">Setting</th>
          {groups.map(([arm]) => (
            <th key={arm.key} scope="col">
              <ArmLabel arm={arm} />
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {settings.map(({ path, words }) => (
          <tr key={path}>
            <th scope="row">
              <code>{path}</code>
            </th>
            {words.map((word, i) => (
              <td key={groups[i]![0].key}>{word}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
