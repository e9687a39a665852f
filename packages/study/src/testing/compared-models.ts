import type { DataDescription, Predictions } from '@dropout-lab/contracts';
import type { ComparedArm } from '../analysis/arm-comparison.ts';
import type { ComparedModel } from '../analysis/model-difference.ts';

/** How many images both, the first, the second, and neither of two models got right. */
export type Table = readonly [both: number, firstOnly: number, secondOnly: number, neither: number];

const total = (table: Table): number => table.reduce((sum, count) => sum + count, 0);

export const dataOf = (images: number, dataset = 'cifar10'): DataDescription => ({
  dataset,
  sha256: { 'test_batch.bin': 'abc' },
  trainImages: 40_000,
  validationImages: images,
  testImages: images,
});

/** The answers of a table's models: labels in turn, and the next class where they are wrong. */
const answersOf = (table: Table, isRight: (cell: number) => boolean): Predictions => {
  const cells = table.flatMap((count, cell) => Array.from({ length: count }, () => cell));
  const labels = cells.map((_, i) => i % 10);
  const predicted = labels.map((label, i) => (isRight(cells[i]!) ? label : (label + 1) % 10));
  return { labels, predicted, confidence: labels.map(() => 1) };
};

interface Kept {
  /** Kept by the runs: answers to both splits, to the test images, or accuracies alone. */
  readonly kept: 'all' | 'test' | 'accuracy';
  readonly dataset?: string;
}

const modelOf = (
  table: Table,
  seed: number,
  isRight: (cell: number) => boolean,
  { kept, dataset }: Kept,
): ComparedModel => {
  const { labels, predicted, confidence } = answersOf(table, isRight);
  const fraction = table.reduce((sum, count, cell) => sum + (isRight(cell) ? count : 0), 0) / total(table);
  return {
    seed,
    data: dataOf(total(table), dataset),
    accuracy: { validation: fraction, test: fraction },
    answers:
      kept === 'accuracy'
        ? undefined
        : { labels, predicted, confidence, ...(kept === 'all' && { validation: { labels, predicted } }) },
  };
};

/** Two arms whose models of each seed, from 0 on, answer as a table says. */
export const armsOf = (
  tables: readonly Table[],
  kept: Kept = { kept: 'all' },
): readonly [ComparedArm, ComparedArm] => {
  const armOf = (title: string, isRight: (cell: number) => boolean): ComparedArm => ({
    title,
    models: tables.map((table, seed) => modelOf(table, seed, isRight, kept)),
    diverged: 0,
  });
  return [armOf('dropout', (cell) => cell < 2), armOf('no dropout', (cell) => cell % 2 === 0 && cell < 3)];
};
