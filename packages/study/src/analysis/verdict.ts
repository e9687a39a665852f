import { mean } from '@dropout-lab/metrics';
import { counted, formatCount, formatDifference, formatP, formatPercent, formatRange } from '../format.ts';
import type { ArmComparison } from './arm-comparison.ts';
import type { ModelDifference } from './model-difference.ts';
import { FEWEST_PAIRS } from './paired-difference.ts';

/** The chance of a difference this large without an effect, above which nothing is claimed. */
export const SIGNIFICANCE = 0.05;

/** A verdict in two parts. */
export interface Verdict {
  /** Says whether there is a difference, how large, on how many images and seeds, and how sure that is. */
  readonly finding: string;
  /** Say what the finding leaves open: several comparisons may share these sentences. */
  readonly caveats: readonly string[];
}

/**
 * Returns what a comparison of two arms shows, in plain sentences: whether their trained models differ on the same images,
 * and whether the setting makes the difference, whatever the seed. The report, and the viewer's pages, begin with it.
 */
export const verdictOf = (comparison: ArmComparison): string => {
  const { finding, caveats } = verdictParts(comparison);
  return [finding, ...caveats].join(' ');
};

/** Returns {@link verdictOf} in its parts. */
export const verdictParts = (comparison: ArmComparison): Verdict => {
  const { first, second, models, overSeeds } = comparison;
  if (!isNonEmpty(models)) return { finding: nothingToCompare(comparison), caveats: [] };
  const diverged = [first, second].flatMap(divergedInWords);
  if (overSeeds?.statistics) return { finding: overSeedsInWords(comparison), caveats: diverged };
  const independent = models.some(({ counts }) => counts === undefined)
    ? [
        'Which images each model got right was not kept, so the interval treats them as different images and is wider than it needs to be.',
      ]
    : [];
  return {
    finding: models.length === 1 ? pairInWords(comparison) : fewSeedsInWords(comparison),
    caveats: [...(models.length === 1 ? independent : []), luckInWords(comparison), ...diverged],
  };
};

type Arm = ArmComparison['first'];

/** Two arms as a sentence names them, the better one first, with the numbers turned to fit. */
interface Ordered {
  readonly better: string;
  readonly worse: string;
  /** Turns accuracies and differences of first and second. */
  readonly turn: (difference: number) => number;
  readonly pick: (one: ModelDifference) => readonly [number, number];
}

const ordered = ({ first, second }: ArmComparison, difference: number): Ordered =>
  difference < 0
    ? {
        ...{ better: quoted(second), worse: quoted(first), turn: (value) => -value },
        pick: (one) => [one.second, one.first],
      }
    : {
        ...{ better: quoted(first), worse: quoted(second), turn: (value) => value },
        pick: (one) => [one.first, one.second],
      };

const quoted = ({ title }: Arm): string => `“${title}”`;

const nothingToCompare = ({ first, second, hasOtherImages }: ArmComparison): string => {
  const empty = [first, second].filter(({ runs }) => runs === 0);
  const lost = empty.filter(({ diverged }) => diverged > 0);
  if (lost.length > 0) {
    return `${lost.map(quoted).join(' and ')} diverged: ${lost.length === 1 ? 'its' : 'their'} loss became NaN or infinite, so there is no trained model to compare.`;
  }
  if (empty.length > 0) {
    return `Nothing to compare yet: no run of ${empty.map(quoted).join(' or ')} has been measured on validation or test images.`;
  }
  return hasOtherImages
    ? `${quoted(first)} and ${quoted(second)} were measured on different images, so their accuracies say nothing about each other.`
    : `Nothing to compare yet: no two models of ${quoted(first)} and ${quoted(second)} have been measured on the same images.`;
};

/** Returns `the same 10,000 test images`. */
const imagesOf = ([{ images, split }]: readonly [ModelDifference, ...unknown[]]): string =>
  `the same ${formatCount(images)} ${split} ${images === 1 ? 'image' : 'images'}`;

const isNonEmpty = (
  models: readonly ModelDifference[],
): models is readonly [ModelDifference, ...ModelDifference[]] => models.length > 0;

/** Returns `95% interval 5.2 to 7.1, p < 0.001`, and what p has been corrected for. */
const rangeInWords = (
  lower: number,
  upper: number,
  p: number,
  corrected: number | undefined,
  of: number,
): string => {
  const interval = `95% interval ${formatRange(lower, upper, 'fraction')}`;
  const isCorrected = corrected !== undefined && of > 1;
  const correction = isCorrected ? ` after Holm’s correction for ${of} comparisons` : '';
  return `${interval}, ${formatP(isCorrected ? corrected : p)}${correction}`;
};

/** Whether two models differ by more than the chance that picks images brings. */
const isBeyondChance = ({ interval: { lower, upper } }: ModelDifference, p: number): boolean =>
  p < SIGNIFICANCE && (lower > 0 || upper < 0);

const pValueOf = ({ models, correction }: ArmComparison, i: number): number =>
  correction?.models[i] ?? models[i]!.pValue;

/** One model of each arm: the first question. */
const pairInWords = (comparison: ArmComparison): string => {
  const { models, correction } = comparison;
  if (!isNonEmpty(models)) return '';
  const [one] = models;
  const { better, worse, turn, pick } = ordered(comparison, one.difference);
  const [high, low] = pick(one).map((accuracy) => formatPercent(accuracy));
  const [lower, upper] = [turn(one.interval.lower), turn(one.interval.upper)].sort((a, b) => a - b);
  const range = rangeInWords(lower!, upper!, one.pValue, correction?.models[0], correction?.of.models ?? 1);
  const numbers = `${high} against ${low}, ${formatDifference(Math.abs(one.difference), 'fraction')} (${range})`;
  if (isBeyondChance(one, pValueOf(comparison, 0)))
    return `The model trained with ${better} is better than the one with ${worse} on ${imagesOf(models)}: ${numbers}.`;
  return one.difference === 0
    ? `The models trained with ${better} and ${worse} are right equally often on ${imagesOf(models)}: ${high} (${range}).`
    : `On ${imagesOf(models)} the models trained with ${better} and ${worse} do not differ by more than chance: ${numbers}.`;
};

/** Several models of each arm, though too few for an interval of the effect. */
const fewSeedsInWords = (comparison: ArmComparison): string => {
  const { models } = comparison;
  if (!isNonEmpty(models)) return '';
  const { better, worse, turn, pick } = ordered(comparison, mean(models.map(({ difference }) => difference)));
  const differences = models.map(({ difference }) => turn(difference));
  const beyond = models.map((one, i) => isBeyondChance(one, pValueOf(comparison, i)));
  const wins = differences.filter((difference, i) => beyond[i] && difference > 0).length;
  const losses = differences.filter((difference, i) => beyond[i] && difference < 0).length;
  const [high, low] = [0, 1].map((side) => formatPercent(mean(models.map((one) => pick(one)[side]!))));
  const spread = formatRange(Math.min(...differences), Math.max(...differences), 'fraction');
  const numbers = `${high} against ${low} on average, ${formatDifference(mean(differences), 'fraction')} (${spread} by seed)`;
  const images = imagesOf(models);
  const seeds = counted(models.length, 'seed');
  if (wins === models.length) {
    return `With each of ${seeds} the model trained with ${better} is better than the one with ${worse} on ${images}: ${numbers}.`;
  }
  if (wins > 0 && losses > 0) {
    return `The seeds disagree on ${images}: with ${wins} of ${seeds} the model trained with ${better} is better, with ${losses} the one with ${worse}: ${numbers}.`;
  }
  if (wins + losses > 0) {
    return `With ${wins + losses} of ${seeds} the model trained with ${wins > 0 ? better : worse} is better than the one with ${wins > 0 ? worse : better} on ${images}, with the others they do not differ by more than chance: ${numbers}.`;
  }
  return `On ${images} the models trained with ${better} and ${worse} do not differ by more than chance with any of ${seeds}: ${numbers}.`;
};

/** Says what one seed, or a few, leave open. */
const luckInWords = ({ models, spread }: ArmComparison): string => {
  const [one] = models;
  const isOneSeed = models.length === 1;
  const seeds = isOneSeed
    ? one!.seeds[0] === one!.seeds[1]
      ? 'One seed cannot say how much of that is luck'
      : `Their seeds differ, too (${one!.seeds.join(' and ')}), and a pair of runs cannot say how much of that is luck`
    : `Fewer than ${FEWEST_PAIRS} seeds give no interval for the effect of the setting`;
  if (spread === undefined) return `${seeds}.`;
  return `${seeds}; two runs of one setting usually differ by about ${(spread.difference * 100).toFixed(1)} points (the median of ${counted(spread.pairs, 'pair')}, ${spread.source}).`;
};

/** Enough seeds: the second question, and how the first one was answered seed by seed. */
const overSeedsInWords = (comparison: ArmComparison): string => {
  const { models, overSeeds, correction } = comparison;
  const statistics = overSeeds?.statistics;
  if (!isNonEmpty(models) || overSeeds === undefined || statistics === undefined) return '';
  const { interval, pValue } = statistics;
  const { meanDifference } = overSeeds;
  const { better, worse, turn, pick } = ordered(comparison, meanDifference);
  const [high, low] = [0, 1].map((side) => formatPercent(mean(models.map((one) => pick(one)[side]!))));
  const [lower, upper] = [turn(interval.lower), turn(interval.upper)].sort((a, b) => a - b);
  const range = rangeInWords(lower!, upper!, pValue, correction?.overSeeds, correction?.of.overSeeds ?? 1);
  const seeds = counted(models.length, 'seed');
  const numbers = `${high} against ${low} on average, ${formatDifference(Math.abs(meanDifference), 'fraction')} (${range})`;
  const isEffect =
    (correction?.overSeeds ?? pValue) < SIGNIFICANCE && (interval.lower > 0 || interval.upper < 0);
  const beyond = models.filter((one, i) => isBeyondChance(one, pValueOf(comparison, i)));
  if (!isEffect) {
    const apart =
      beyond.length === 0
        ? ''
        : ` With ${beyond.length === models.length ? 'each' : beyond.length} of the seeds the two models do differ on these images, as models of one setting do: that is the luck of a seed as far as these runs show.`;
    return `Over ${seeds} no difference between ${better} and ${worse} shows on ${imagesOf(models)}: ${numbers}.${apart}`;
  }
  const same = beyond.filter(({ difference }) => turn(difference) > 0).length;
  const bySeed =
    same === models.length
      ? 'With each seed, too, the two models differ by more than chance.'
      : `Taken one by one, the models differ by more than chance with ${same} of ${seeds}.`;
  const isSo = models.every(({ difference }) => turn(difference) > 0) ? 'Whatever the seed' : 'As a rule';
  return `${isSo}, ${better} gives better models than ${worse} on ${imagesOf(models)}: over ${seeds} ${numbers}. ${bySeed}`;
};

const divergedInWords = (arm: Arm): string[] =>
  arm.diverged === 0
    ? []
    : [
        `${counted(arm.diverged, 'run')} of ${quoted(arm)} diverged and ${arm.diverged === 1 ? 'is' : 'are'} left out.`,
      ];
