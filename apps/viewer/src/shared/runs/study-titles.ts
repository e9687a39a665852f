import type { Arm } from './arms.ts';
import type { StudyInfo } from './studies.ts';

/** Returns how many runs a study has. */
const countOf = ({ arms }: StudyInfo): number => arms.reduce((sum, { runs }) => sum + runs.length, 0);

/**
 * Returns the arms under the titles that studies give them, of a study that has more of the runs before one that has fewer.
 * Where two have the same title, their settings are beside it.
 *
 * @param arms Of each run, by its name.
 */
export const withTitles = (
  arms: ReadonlyMap<string, Arm>,
  studies: readonly StudyInfo[],
): ReadonlyMap<string, Arm> => {
  if (studies.length === 0) return arms;
  const titles = new Map<string, string>();
  const largest = [...studies].sort((a, b) => countOf(b) - countOf(a) || (a.name < b.name ? -1 : 1));
  for (const { title, runs } of largest.flatMap((study) => study.arms)) {
    for (const run of runs) {
      const key = arms.get(run)?.key;
      if (key !== undefined && !titles.has(key)) titles.set(key, title);
    }
  }
  const labels = new Map([...new Set(arms.values())].map((arm) => [arm, titles.get(arm.key) ?? arm.label]));
  const isShared = (label: string): boolean =>
    [...labels.values()].filter((other) => other === label).length > 1;
  const named = new Map(
    [...labels].map(([arm, label]): [Arm, Arm] => {
      const own = label !== arm.label && isShared(label) ? `${label} (${arm.label})` : label;
      return [arm, own === arm.label ? arm : { ...arm, label: own }];
    }),
  );
  return new Map([...arms].map(([run, arm]) => [run, named.get(arm)!]));
};
