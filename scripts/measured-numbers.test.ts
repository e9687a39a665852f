import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ArmComparison,
  formatPercent,
  type MetricSummary,
  shippedStudies,
  verdictParts,
} from '@dropout-lab/study';
import { describe, expect, test } from 'vitest';
import { claims, findClaim, ofKeras, withoutSource } from './measured-numbers.mjs';
import { repository } from './spawn-turbo.mjs';

const read = (path: string): string => readFileSync(join(repository, path), 'utf8');

// After a new measurement: npm run docs:figures -- --write
test.each(claims)('$document: $text', (claim) => {
  const { found, expected } = findClaim(claim, read(claim.document));
  expect(found).toBe(expected);
});

test('a passage that is no longer there, or twice, is refused with what to do', () => {
  const claim = { document: 'a.md', text: 'best {3}', sources: [{ from: 'a.csv', value: 0.5 }] };
  expect(findClaim(claim, 'the best 0.755.')).toEqual({ found: 'best 0.755', expected: 'best 0.500' });
  for (const text of ['worst 0.1', 'best 0.1 and best 0.2'])
    expect(() => findClaim(claim, text)).toThrow('a.md: expected “best {3}” once, found it ');
  expect(() => findClaim({ ...claim, sources: [{ from: 'a.csv', value: Number.NaN }] }, 'best 0.1')).toThrow(
    'expected a number in a.csv, found none',
  );
});

test.each([
  'README.md',
  'docs/tutorial.md',
  'docs/results/tutorial-run/README.md',
  'docs/results/tutorial/NOTES.md',
  'docs/results/tutorial-seeds/NOTES.md',
])('every metric in the text of %s is compared with a file', (document) => {
  const text = read(document);
  const compared = claims
    .filter((claim) => claim.document === document)
    .map((claim) => findClaim(claim, text).found);
  const rest = compared
    .reduce((all, passage) => all.replace(passage, ''), text)
    .replace(/^```.*?^```$/gms, '')
    .replaceAll(/<!-- settings:.*?<!-- \/settings -->/gs, '');
  const numbers = Array.from(rest.matchAll(/(?<![\w.])\d?\.\d{3,5}(?![\w.]*\d)/g), ([number]) => number);
  expect(numbers).toEqual([]);
});

test("the study's numbers of Keras are those of its runs, to four digits", () => {
  const references = [shippedStudies.find(({ name }) => name === 'tutorial')!.reference!].flat();
  const { arms } = references.find(({ source }) => source.startsWith('Keras'))!;
  expect(Object.keys(arms)).toEqual(['dropout', 'no-dropout', 'no-max-norm', 'sgd']);
  for (const [arm, metrics] of Object.entries(arms))
    for (const metric of ['val_accuracy', 'val_loss', 'test_accuracy'] as const)
      expect(metrics[metric]).toEqual(ofKeras(arm, metric).map(({ value }) => Number(value.toFixed(4))));
});

test('what has no file is said of documents that exist', () => {
  for (const [documents] of withoutSource)
    for (const document of documents!.split(', ')) expect(() => read(document)).not.toThrow();
});

describe.each(['tutorial', 'tutorial-seeds'])('the report of %s', (study) => {
  const markdown = read(`docs/results/${study}/README.md`).replaceAll('\\', '');
  const report = JSON.parse(read(`docs/results/${study}/report.json`)) as {
    readonly comparisons: readonly { readonly evidence: ArmComparison }[];
    readonly arms: readonly { readonly metrics: Readonly<Record<string, MetricSummary>> }[];
  };

  test('begins with the verdicts of its data', () => {
    expect(report.comparisons).toHaveLength(3);
    for (const { evidence } of report.comparisons) {
      const { finding, caveats } = verdictParts(evidence);
      expect(markdown).toContain(`- ${finding}\n`);
      for (const caveat of caveats) expect(markdown).toContain(caveat);
    }
  });

  test.each([
    ['validation accuracy, last epoch', 'val_accuracy'],
    ['validation accuracy, best epoch', 'best_val_accuracy'],
    ['test accuracy', 'test_accuracy'],
    ['calibration error (ECE)', 'expected_calibration_error'],
  ])('has the %s of its data', (title, key) => {
    const cells = report.arms.map(({ metrics }) => {
      const { mean, standardDeviation } = metrics[key]!;
      return `${formatPercent(mean)}${standardDeviation === undefined ? '' : ` ± ${formatPercent(standardDeviation)}`}`;
    });
    expect(markdown).toContain(`| ${title} | ${cells.join(' | ')} |`);
  });
});
