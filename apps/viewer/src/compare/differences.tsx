import { ArmLabel } from '../shared/charts/marks.tsx';
import { wholeNumbers } from '../shared/format.ts';
import { settingDifferences } from '../shared/runs/arms.ts';
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
  const differInSeeds = new Set(seeds.flat()).size > 1;
  return (
    <section aria-labelledby="differences-title" class="scroll" tabIndex={-1}>
      <h2 id="differences-title">Settings that differ</h2>
      {differences.length === 0 && !differInSeeds ? (
        <p class="muted">None.</p>
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
            {differences.map(({ path, values }) => (
              <tr key={path}>
                <th scope="row">
                  <code>{path}</code>
                </th>
                {values.map((value, i) => (
                  <td key={groups[i]![0].key}>{value === undefined ? '–' : settingInWords(path, value)}</td>
                ))}
              </tr>
            ))}
            {differInSeeds && (
              <tr>
                <th scope="row">
                  <code>seed</code>
                </th>
                {seeds.map((list, i) => (
                  <td key={groups[i]![0].key}>{wholeNumbers(list)}</td>
                ))}
              </tr>
            )}
          </tbody>
        </table>
      )}
    </section>
  );
};
