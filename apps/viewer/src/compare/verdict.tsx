import { useLoaded } from '../shared/controls/use-loaded.ts';
import { loadPredictions } from '../shared/runs/run-files.ts';
import type { Summary } from '../shared/runs/summary.ts';
import { MOST_COMPARED_ARMS, rankingOf, verdictsOfArms } from '../shared/runs/verdict.ts';
import { VerdictText } from '../shared/runs/verdict-text.tsx';
import { groupsOf } from './groups.ts';

/** Answers of more runs are not loaded: some hundred kilobytes each. */
const MOST_RUNS = 24;

const CHOOSE = `Choose two to four arms and at most ${MOST_RUNS} runs below, to see whether their models differ by more than chance.`;

/** The verdict on the arms that are shown. */
export const Verdict = ({ shown }: { readonly shown: readonly Summary[] }) => {
  const groups = groupsOf(shown);
  const isCompared = groups.length >= 2 && groups.length <= MOST_COMPARED_ARMS && shown.length <= MOST_RUNS;
  const kept = isCompared ? shown.filter(({ run }) => run.hasPredictions) : [];
  const key = kept.map(({ name, run }) => `${name} ${run.manifest.id}`).join('\n');
  const answers = useLoaded(key === '' ? null : key, async () =>
    Promise.all(kept.map(async ({ name }) => [name, await loadPredictions(name)] as const)),
  );
  if (groups.length < 2) return null;
  const arms = groups.map(([arm, runs]) => ({ label: arm.label, runs }));
  if (!isCompared) return <VerdictText sentences={[...rankingOf(arms), CHOOSE]} />;
  // Without them, accuracies are compared, which is not what would be said a moment later.
  if (answers.state === 'loading') return null;
  const known = new Map(answers.state === 'ready' ? answers.value : []);
  return <VerdictText sentences={verdictsOfArms(arms, known)} />;
};
