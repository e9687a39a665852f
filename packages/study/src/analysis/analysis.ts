import {
  type ConfigDifference,
  configDifferences,
  type EvaluationReport,
  epochsOf,
  type ReliabilityBin,
} from '@dropout-lab/contracts';
import { type EpochMarks, mean, medianMarks } from '@dropout-lab/metrics';
import type { EventGaps } from '@dropout-lab/runs';
import type { RunState, StudyRun } from '../store/study-run.ts';
import type { Study, StudyArm } from '../study/study.ts';
import { type ArmComparison, type ComparedArm, compareArms, corrected } from './arm-comparison.ts';
import { armHues, HUES } from './arm-hues.ts';
import { armCurve, type CurveMetric, type CurvePoint } from './curves.ts';
import {
  type MetricKey,
  type MetricSummary,
  metricDefinitions,
  type RunSummary,
  summarizeMetric,
  summarizeRun,
} from './metrics.ts';
import { FEWEST_PAIRS, type PairedDifference, pairedDifference } from './paired-difference.ts';
import { type Provenance, provenanceOf } from './provenance.ts';
import { spreadOf } from './seed-spread.ts';

/** All that a report says of an arm, over its finished runs. */
export interface ArmAnalysis {
  readonly name: string;
  readonly title: string;
  /** Its place in the palette, everywhere: see `armHues`. */
  readonly hue: number;
  readonly runs: readonly RunSummary[];
  readonly metrics: Readonly<Record<MetricKey, MetricSummary>>;
  readonly curves: ArmCurves;
  /** The curves of each run, where there are too few for a band that says something; otherwise empty. */
  readonly runCurves: readonly ArmCurves[];
  /** The medians of the runs' own. */
  readonly marks: EpochMarks;
  /** Of each run; 0 without finished runs. */
  readonly validationImages: number;
  /** On the test images of all seeds together; undefined without finished runs. */
  readonly test: PooledTest | undefined;
}

/** Every curve of an arm, or of a single run of it. */
export type ArmCurves = Readonly<Record<CurveMetric, readonly CurvePoint[]>>;

/** Confusion and reliability of several evaluations, counted together. */
export interface PooledTest {
  readonly classNames: readonly string[];
  readonly confusion: readonly (readonly number[])[];
  readonly reliability: readonly ReliabilityBin[];
  readonly expectedCalibrationError: number;
}

/** Two arms beside each other. */
export interface ComparisonAnalysis {
  readonly title: string;
  readonly first: ArmAnalysis;
  readonly second: ArmAnalysis;
  /** Whether their models differ, and whether the setting makes the difference. */
  readonly evidence: ArmComparison;
  /** First minus second; undefined where no seed is finished in both. */
  readonly differences: Readonly<Record<MetricKey, PairedDifference | undefined>>;
}

/** The contents of a report, as plain data: the report's JSON is this. */
export interface StudyAnalysis {
  readonly name: string;
  readonly title: string;
  readonly description: string | undefined;
  readonly seeds: readonly number[];
  readonly arms: readonly ArmAnalysis[];
  /** In what the arms' configurations differ, a value for each arm. */
  readonly settings: readonly ConfigDifference[];
  readonly comparisons: readonly ComparisonAnalysis[];
  readonly references: Study['references'];
  /** Runs that the report has to do without. */
  readonly missing: readonly {
    readonly arm: string;
    readonly seed: number;
    readonly state: Exclude<RunState, 'finished'>;
    readonly epoch: number;
    readonly epochs: number;
  }[];
  /** Runs whose events lack lines, finished or not. */
  readonly gaps: readonly {
    readonly arm: string;
    readonly seed: number;
    readonly gaps: EventGaps;
  }[];
  readonly provenance: Provenance;
}

/**
 * Reads a study's runs. Only finished ones count; the others are listed.
 *
 * @param runs Of all arms and seeds of the study.
 */
export const analyzeStudy = (study: Study, runs: readonly StudyRun[]): StudyAnalysis => {
  const finished = runs.filter(({ state }) => state === 'finished');
  const hues = armHues(
    study.arms.map(({ config }) => config.model),
    HUES,
  );
  const arms = study.arms.map((arm, i) =>
    analyzeArm(
      arm,
      hues[i]!,
      finished.filter((run) => run.arm.name === arm.name),
    ),
  );
  const armOf = (name: string): ArmAnalysis => arms.find((arm) => arm.name === name)!;
  const evidence = evidenceOf(study, runs, arms);
  const { name, title, description, seeds, references } = study;
  return {
    name,
    title,
    description,
    seeds,
    arms,
    settings: configDifferences(study.arms.map(({ config }) => config)),
    comparisons: study.comparisons.map(({ title, arms: [first, second] }, i) =>
      comparisonOf(title, armOf(first), armOf(second), evidence[i]!),
    ),
    references,
    missing: runs.flatMap(({ arm, seed, state, history, config }) =>
      state === 'finished'
        ? []
        : [{ arm: arm.name, seed, state, epoch: history.at(-1)?.epoch ?? 0, epochs: epochsOf(config) }],
    ),
    gaps: runs.flatMap(({ arm, seed, gaps }) => (gaps ? [{ arm: arm.name, seed, gaps }] : [])),
    provenance: provenanceOf(finished.map(({ manifest }) => manifest!)),
  };
};

const analyzeArm = ({ name, title }: StudyArm, hue: number, runs: readonly StudyRun[]): ArmAnalysis => {
  const summaries = runs.map(summarizeRun);
  const histories = runs.map(({ history }) => history);
  return {
    name,
    title,
    hue,
    runs: summaries,
    metrics: forEachMetric((key) => summarizeMetric(summaries.map(({ metrics }) => metrics[key]))),
    curves: curvesOf(histories),
    runCurves: runs.length < FEWEST_PAIRS ? histories.map((history) => curvesOf([history])) : [],
    marks: medianMarks(summaries),
    validationImages: runs[0]?.manifest?.data.validationImages ?? 0,
    test: pool(
      runs.map(({ evaluation }) => evaluation!),
      runs[0]?.manifest?.classNames ?? [],
    ),
  };
};

const curvesOf = (histories: readonly StudyRun['history'][]): ArmCurves => ({
  loss: armCurve(histories, 'loss'),
  accuracy: armCurve(histories, 'accuracy'),
  val_loss: armCurve(histories, 'val_loss'),
  val_accuracy: armCurve(histories, 'val_accuracy'),
  generalization_gap: armCurve(histories, 'generalization_gap'),
});

/** Of each of the study's comparisons, its p-values corrected for all of them. */
const evidenceOf = (
  study: Study,
  runs: readonly StudyRun[],
  arms: readonly ArmAnalysis[],
): ArmComparison[] => {
  const spread = spreadOf(arms.map((arm) => arm.runs.map(({ metrics }) => metrics.test_accuracy)));
  const armOf = (name: string): ComparedArm => {
    const { title, runs: summaries } = arms.find((arm) => arm.name === name)!;
    const ofArm = runs.filter(({ arm }) => arm.name === name);
    return {
      title,
      models: ofArm
        .filter(({ state }) => state === 'finished')
        .map(({ seed, manifest, predictions }) => {
          const { val_accuracy: validation, test_accuracy: test } = summaries.find(
            (run) => run.seed === seed,
          )!.metrics;
          return { seed, data: manifest!.data, accuracy: { validation, test }, answers: predictions };
        }),
      diverged: ofArm.filter(({ state }) => state === 'diverged').length,
    };
  };
  return corrected(
    study.comparisons.map(({ arms: [first, second] }) => compareArms(armOf(first), armOf(second), spread)),
  );
};

const comparisonOf = (
  title: string,
  first: ArmAnalysis,
  second: ArmAnalysis,
  evidence: ArmComparison,
): ComparisonAnalysis => {
  const bySeed = ({ runs }: ArmAnalysis, key: MetricKey) =>
    new Map(runs.map(({ seed, metrics }) => [seed, metrics[key]]));
  return {
    title,
    first,
    second,
    evidence,
    differences: forEachMetric((key) => pairedDifference(bySeed(first, key), bySeed(second, key))),
  };
};

const forEachMetric = <T>(of: (key: MetricKey) => T): Readonly<Record<MetricKey, T>> =>
  Object.fromEntries(metricDefinitions.map(({ key }) => [key, of(key)])) as Record<MetricKey, T>;

const pool = (
  evaluations: readonly EvaluationReport[],
  classNames: readonly string[],
): PooledTest | undefined => {
  const [first] = evaluations;
  if (first === undefined) return undefined;
  const confusion = first.confusion.map((row, t) =>
    row.map((_, p) => evaluations.reduce((sum, evaluation) => sum + evaluation.confusion[t]![p]!, 0)),
  );
  const reliability = first.reliability.map(({ lower, upper }, b) => {
    const bins = evaluations.map((evaluation) => evaluation.reliability[b]!);
    const count = bins.reduce((sum, bin) => sum + bin.count, 0);
    const share = (of: (bin: ReliabilityBin) => number): number =>
      count === 0 ? 0 : bins.reduce((sum, bin) => sum + of(bin) * bin.count, 0) / count;
    return {
      lower,
      upper,
      count,
      confidence: share((bin) => bin.confidence),
      accuracy: share((bin) => bin.accuracy),
    };
  });
  const expectedCalibrationError = mean(evaluations.map((one) => one.expectedCalibrationError));
  return { classNames, confusion, reliability, expectedCalibrationError };
};

/** The setting that a sweep varies, and its value in each arm: set when arms differ in one number and nothing else. */
export const sweptSettingOf = ({
  settings,
  arms,
}: Pick<StudyAnalysis, 'settings' | 'arms'>): { path: string; values: readonly number[] } | undefined => {
  const [only, ...others] = settings;
  if (only === undefined || others.length > 0 || arms.length < 3) return undefined;
  if (!only.values.every((value) => typeof value === 'number')) return undefined;
  return { path: only.path, values: only.values };
};
