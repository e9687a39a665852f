import { holmAdjusted } from '@dropout-lab/metrics';
import {
  type ComparedModel,
  haveSameImages,
  type ModelDifference,
  modelDifference,
} from './model-difference.ts';
import { type PairedDifference, pairedDifference } from './paired-difference.ts';
import { measuredSpread, type SeedSpread, spreadOf } from './seed-spread.ts';

/** The runs of an arm, as far as they can be compared. */
export interface ComparedArm {
  readonly title: string;
  /** Those that have an accuracy, at most one for each seed. */
  readonly models: readonly ComparedModel[];
  /** The number of those that ended in a loss that is not finite. */
  readonly diverged: number;
}

/** Two arms beside each other, with the answers to two questions. */
export interface ArmComparison {
  readonly first: Pick<ComparedArm, 'title' | 'diverged'> & { readonly runs: number };
  readonly second: ArmComparison['first'];
  /**
   * Are two trained models different? Of each seed that both arms have, on the same images; of arms without a common
   * seed, of one model each. Empty where no two models can be compared.
   */
  readonly models: readonly ModelDifference[];
  /** Does the setting make the difference, whatever the seed? Over the same accuracies. */
  readonly overSeeds: PairedDifference | undefined;
  /** How far apart runs of one setting are; undefined where that was not measured. */
  readonly spread: SeedSpread | undefined;
  /** Whether both arms have models, but none on the same images. */
  readonly hasOtherImages: boolean;
  /** Undefined for a single comparison. */
  readonly correction: Correction | undefined;
}

/** The p-values after Holm's correction for all comparisons that were made at the same time. */
export interface Correction {
  /** For how many p-values, of models and over seeds. */
  readonly of: { readonly models: number; readonly overSeeds: number };
  /** In the order of {@link ArmComparison.models}. */
  readonly models: readonly number[];
  readonly overSeeds: number | undefined;
}

/**
 * Compares two arms: their models with the same seed, on the same images, and their settings over seeds.
 *
 * @param spread That of the study; of these two arms when left out.
 */
export const compareArms = (
  first: ComparedArm,
  second: ComparedArm,
  spread = spreadOf([first, second].map(accuraciesOf)),
): ArmComparison => {
  const models = modelsOf(pairsOf(first.models, second.models));
  const bySeed = (pick: 'first' | 'second') => new Map(models.map((one) => [one.seeds[0], one[pick]]));
  const isPairedBySeed = models.every(({ seeds: [one, other] }) => one === other);
  return {
    first: armOf(first),
    second: armOf(second),
    models,
    overSeeds: isPairedBySeed ? pairedDifference(bySeed('first'), bySeed('second')) : undefined,
    spread: spread ?? knownSpread([...first.models, ...second.models]),
    hasOtherImages:
      models.length === 0 &&
      first.models.some((one) =>
        second.models.some(
          (other) => !haveSameImages(one, other, 'test') && !haveSameImages(one, other, 'validation'),
        ),
      ),
    correction: undefined,
  };
};

/** Returns comparisons that are made at the same time, their p-values corrected; a single one is returned as it is. */
export const corrected = (comparisons: readonly ArmComparison[]): ArmComparison[] => {
  const ofModels = comparisons.map(({ models }) => models.map(({ pValue }) => pValue));
  const ofSeeds = comparisons.map(({ overSeeds }) => {
    const pValue = overSeeds?.statistics?.pValue;
    return pValue === undefined ? [] : [pValue];
  });
  const models = adjustedWithin(ofModels);
  const overSeeds = adjustedWithin(ofSeeds);
  if (comparisons.length < 2) return [...comparisons];
  const count = { models: ofModels.flat().length, overSeeds: ofSeeds.flat().length };
  return comparisons.map((comparison, i) => ({
    ...comparison,
    correction: { of: count, models: models[i]!, overSeeds: overSeeds[i]![0] },
  }));
};

/** Corrects all values of all lists together. */
const adjustedWithin = (lists: readonly (readonly number[])[]): number[][] => {
  const adjusted = holmAdjusted(lists.flat());
  return lists.map((list) => adjusted.splice(0, list.length));
};

const armOf = ({ title, diverged, models }: ComparedArm): ArmComparison['first'] => ({
  title,
  diverged,
  runs: models.length,
});

/** Of the accuracy that most runs have been measured by at the end. */
const accuraciesOf = ({ models }: ComparedArm): number[] =>
  models.map(({ accuracy }) => accuracy.test ?? accuracy.validation ?? Number.NaN);

const knownSpread = (models: readonly ComparedModel[]): SeedSpread | undefined => {
  const { dataset, ...spread } = measuredSpread;
  return models.every(({ data }) => data.dataset === dataset) ? spread : undefined;
};

/** Pairs models by seed, in rising order; where no seed is common, those of each arm's lowest seed. */
const pairsOf = (
  first: readonly ComparedModel[],
  second: readonly ComparedModel[],
): (readonly [ComparedModel, ComparedModel])[] => {
  const rising = (models: readonly ComparedModel[]) => [...models].sort((a, b) => a.seed - b.seed);
  const [ones, others] = [rising(first), rising(second)];
  const pairs = ones.flatMap((one) => {
    const other = others.find(({ seed }) => seed === one.seed);
    return other ? [[one, other] as const] : [];
  });
  if (pairs.length > 0 || ones.length === 0 || others.length === 0) return pairs;
  return [[ones[0]!, others[0]!]];
};

/**
 * All on images of one split, so that accuracies can be averaged over seeds: of the split on which most can be compared,
 * and most of them by single answers; the validation images where their answers were kept, else the test images.
 */
const modelsOf = (pairs: readonly (readonly [ComparedModel, ComparedModel])[]): ModelDifference[] => {
  const [validation, test] = (['validation', 'test'] as const).map((split) =>
    pairs.flatMap(([first, second]) => modelDifference(first, second, split) ?? []),
  ) as [ModelDifference[], ModelDifference[]];
  const [answered, answeredTest] = [validation, test].map(
    (found) => found.filter(({ counts }) => counts !== undefined).length,
  ) as [number, number];
  if (validation.length !== test.length) return validation.length > test.length ? validation : test;
  return answered > 0 && answered >= answeredTest ? validation : test;
};
