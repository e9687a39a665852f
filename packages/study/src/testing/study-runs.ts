import {
  datasetOf,
  type EvaluationReport,
  RUN_SCHEMA_VERSION,
  type RunManifest,
} from '@dropout-lab/contracts';
import type { EpochRow } from '@dropout-lab/runs';
import type { StudyRun } from '../store/study-run.ts';
import { planRuns } from '../study/plan.ts';
import { parseStudy, type Study } from '../study/study.ts';
import { rowOf } from './histories.ts';

export const threeArms: Study = parseStudy(
  {
    name: 'three',
    title: 'Three <arms>',
    config: { epochs: 3 },
    arms: {
      dropout: { title: 'dropout' },
      'no-dropout': { title: 'no dropout', changes: { model: { dropout: { rate: 0 } } } },
      sgd: { title: 'SGD', changes: { optimizer: { name: 'sgd' } } },
    },
    comparisons: [{ title: 'Dropout and no dropout', arms: ['dropout', 'no-dropout'] }],
    seeds: [0, 1, 2, 3, 4, 5],
    reference: {
      source: 'a book',
      arms: { dropout: { val_accuracy: [0.7, 0.8], val_loss: [0.8], note: 'no overfitting' } },
    },
  },
  'three',
);

/** Three epochs that end at the given validation accuracy and loss. */
const historyTo = (val_accuracy: number, val_loss: number): EpochRow[] => [
  rowOf(1, { loss: 2, accuracy: 0.3, val_loss: 1.5, val_accuracy: 0.4, seconds: 30 }),
  rowOf(2, { loss: 1.5, accuracy: 0.5, val_loss: 0.9, val_accuracy: 0.65, seconds: 10 }),
  rowOf(3, { loss: 1, accuracy: 0.75, val_loss, val_accuracy, seconds: 12 }),
];

const evaluation = (accuracy: number): EvaluationReport => ({
  count: 10,
  loss: 1.25,
  accuracy,
  top3Accuracy: 1,
  brierScore: 0.5,
  expectedCalibrationError: 0.04,
  reliability: [
    { lower: 0, upper: 0.5, count: 0, confidence: 0, accuracy: 0 },
    { lower: 0.5, upper: 1, count: 10, confidence: 0.8, accuracy },
  ],
  confusion: [
    [4, 1],
    [2, 3],
  ],
  classes: [],
  testTimeAugmentation: 'none',
});

export const manifestOf = (run: Pick<StudyRun, 'config'>): RunManifest => ({
  schemaVersion: RUN_SCHEMA_VERSION,
  id: 'run',
  createdAt: '2026-11-24T00:00:00.000Z',
  config: run.config,
  classNames: [...datasetOf('cifar10').classNames],
  backend: { name: 'wasm', description: 'wasm (SIMD)', workers: 2 },
  hardware: { cpu: 'a processor', cores: 2, memoryBytes: 2 ** 34, platform: 'linux x64' },
  data: {
    dataset: 'cifar10',
    sha256: { 'test_batch.bin': 'abc' },
    trainImages: 8,
    validationImages: 2,
    testImages: 10_000,
  },
  versions: { node: '20.0.0' },
  command: ['study', 'run', 'three', '--store', 'somewhere/private', '--seeds', '6'],
  commit: 'c0ffee',
});

/** All runs of a study, finished with the metrics that `metricsOf` gives for arm and seed. */
export const finishedRuns = (
  study: Study,
  metricsOf: (arm: string, seed: number) => { readonly accuracy: number; readonly loss: number },
): StudyRun[] =>
  planRuns(study).map((planned) => {
    const { accuracy, loss } = metricsOf(planned.arm.name, planned.seed);
    return {
      ...planned,
      state: 'finished',
      path: `runs/${planned.arm.name}-${planned.seed}`,
      history: historyTo(accuracy, loss),
      manifest: manifestOf(planned),
      evaluation: evaluation(accuracy),
    };
  });

/** Dropout some six points above no dropout, with a little noise that seeds share; SGD far below. */
export const clearRuns = (): StudyRun[] =>
  finishedRuns(threeArms, (arm, seed) => {
    const luck = [0, 0.01, -0.01, 0.005, -0.005, 0.002][seed]!;
    const effect = { dropout: 0.06, 'no-dropout': 0, sgd: -0.2 }[arm]!;
    return { accuracy: 0.69 + luck + effect + seed * 1e-4 * effect, loss: 0.9 - effect - luck };
  });
