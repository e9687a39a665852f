import { expect, test } from 'vitest';
import type { RunComparison } from './compare.ts';
import { formatSummary } from './report.ts';
import { writtenScenarios as scenarios } from './scenarios.ts';

const run = (scenario: number, title: string, size: number): RunComparison => {
  const difference = { absolute: size, relative: size / 10 };
  const same = new Map([[20, difference]]);
  return {
    scenario: scenarios[scenario]!,
    runner: { title, isOurs: title === 'wasm' },
    single: { loss: difference, gradientNorms: difference, weights: difference },
    together: { losses: same, gradientNorms: same, weights: same },
  };
};

test('the summary has the largest differences of each runner in any scenario, and how many are within the limits', () => {
  const runs = [
    ...[run(0, 'Keras in float64', 1e-6), run(1, 'Keras in float64', 2e-6)],
    ...[run(0, 'wasm', 3e-6), run(1, 'wasm', 2e-4)],
  ];
  const size = { batchSize: 250, steps: 100, weightsAfter: [20], singleSteps: 20 };
  const summary = formatSummary([{ scenarios, size, runs, started: [], missing: [], kerasVersions: {} }]);
  const rows = summary.split('\n').slice(2);
  const cells = '2.0e-6 (2.0e-7)';
  expect(rows).toEqual([
    `| Keras in float64 | 20 of 250 | ${cells} | ${cells} | ${cells} | ${cells} | 2 of 2 |`,
    expect.stringMatching(/^\| wasm \| 20 of 250 \|( 2\.0e-4 \(2\.0e-5\) \|){4} 1 of 2 \|$/),
  ]);
});
