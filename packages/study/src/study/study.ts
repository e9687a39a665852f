import {
  ConfigError,
  mergeConfig,
  parseRunConfigAt,
  parseWith,
  type RunConfig,
  type RunConfigInput,
  requireJson,
  runConfigIdentity,
  withoutSchemaKey,
} from '@dropout-lab/contracts';
import { z } from 'zod';

/** The name of a study or an arm, which names of files are made of. */
export const nameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]*$/, 'expected lower-case letters, digits, dots and dashes')
  .max(200, 'expected a name of at most 200 characters');
const text = z
  .string('expected a sentence or a title')
  .min(1, 'expected a sentence or a title')
  .regex(/^[^\p{Cc}\p{Cs}\u{FFFE}\u{FFFF}]*$/u, 'expected one line of text without control characters');
const seed = z
  .number('expected a whole number of at least 0')
  .int('expected a whole number of at least 0')
  .min(0, 'expected a whole number of at least 0');
/** The most seeds, and the most runs, of a study: each takes minutes. */
export const MOST_SEEDS = 10_000;
/** The most arms of a study. */
const MOST_ARMS = 1000;

/** The seeds of a study. */
export const seedsSchema = z
  .array(seed, 'expected a list of seeds')
  .min(1, 'expected at least one seed')
  .max(MOST_SEEDS, `expected at most ${MOST_SEEDS} seeds`);
const settings = z.record(z.string(), z.unknown());

const lossRule = 'expected a number of at least 0';
const accuracyRule = 'expected a number from 0 to 1';
const losses = z.array(z.number(lossRule).min(0, lossRule)).default([]);
const accuracies = z
  .array(
    z.number(accuracyRule).min(0, accuracyRule).max(1, accuracyRule),
    'expected a list of numbers from 0 to 1',
  )
  .default([]);
/** At the last epoch, one for each run that was published. */
const publishedMetrics = z.strictObject({
  val_accuracy: accuracies,
  val_loss: losses,
  test_accuracy: accuracies,
});
export const publishedMetricNames = publishedMetrics.keyof().options;

const referenceSchema = z.strictObject({
  source: text,
  arms: z.record(nameSchema, publishedMetrics.extend({ /** A remark. */ note: text.optional() })),
});

/** Metrics of a study's arms that were published elsewhere. */
export interface Reference {
  /** Whose they are, as it reads after “beside”. */
  readonly source: string;
  /** At the last epoch, one number for each run that was published; fractions and nats. */
  readonly arms: {
    readonly [arm: string]: {
      readonly val_accuracy: readonly number[];
      readonly val_loss: readonly number[];
      readonly test_accuracy: readonly number[];
      /** A remark. */
      readonly note?: string | undefined;
    };
  };
}

/** A study as a file has it: what {@link parseStudy} checks first. */
export const studySchema = z.strictObject({
  name: nameSchema,
  title: text,
  /** The question, for the head of the report. */
  description: text.optional(),
  /** The base configuration; whatever is left out is the tutorial's. */
  config: settings.default({}),
  arms: z.record(
    nameSchema,
    z.strictObject({
      title: text,
      /** The settings that differ from the base configuration; left out by the arm that is the base. */
      changes: settings.optional(),
    }),
  ),
  comparisons: z
    .array(
      z.strictObject({
        title: text,
        arms: z.tuple([nameSchema, nameSchema], 'expected the names of two arms'),
      }),
    )
    .default([]),
  seeds: seedsSchema.default([0]),
  /** Metrics published elsewhere, to be set beside ours: of one source, or of several. */
  reference: z.union([referenceSchema, z.array(referenceSchema)]).default([]),
});

/** A study as a user writes it: a base configuration, and arms as small changes of it. */
export type StudyInput = Omit<z.input<typeof studySchema>, 'config' | 'arms'> & {
  readonly config?: RunConfigInput;
  readonly arms: { readonly [arm: string]: { readonly title: string; readonly changes?: RunConfigInput } };
};

/** One way to train, of those that a study compares. */
export interface StudyArm {
  readonly name: string;
  readonly title: string;
  /** The base configuration with the arm's changes; its seed is to be replaced by each of the study's. */
  readonly config: RunConfig;
}

/** A study that can be run: every configuration is complete and they all differ. */
export interface Study {
  readonly name: string;
  readonly title: string;
  readonly description: string | undefined;
  /** At least one, in the order written. */
  readonly arms: readonly StudyArm[];
  /** First and second arm of each: a difference is first minus second. */
  readonly comparisons: readonly { readonly title: string; readonly arms: readonly [string, string] }[];
  /** Each once. All arms are run with each of them. */
  readonly seeds: readonly number[];
  /** Metrics published elsewhere, to be set beside ours. */
  readonly references: readonly Reference[];
}

/** Types a study file: `export default defineStudy({ … })`. Checks nothing; {@link parseStudy} does. */
export const defineStudy = (study: StudyInput): StudyInput => study;

/**
 * @param where What the input is, or the file that it came from: how an error begins.
 * @throws ConfigError that names the first value at fault: an unknown key, an arm that changes nothing, a
 *   comparison of an arm that is not there, a seed given twice.
 */
export const parseStudy = (input: unknown, where: string): Study => {
  requireJson(input, where);
  const study = parseWith(studySchema, withoutSchemaKey(input), where);
  requireBounded(Object.keys(study.arms).length, study.seeds.length, where);
  requireNoSeed(study.config, `${where}: config`);
  const base = parseRunConfigAt(study.config, `${where}: config`);
  const arms = Object.entries(study.arms).map(([name, { title, changes = {} }]): StudyArm => {
    const place = `${where}: arms.${name}.changes`;
    requireNoSeed(changes, place);
    return {
      name,
      title,
      config: parseRunConfigAt(mergeConfig(study.config, changes, place), place),
    };
  });
  requireArms(arms, study.arms, base, where);
  requireKnown(
    study.comparisons.flatMap((comparison, i) =>
      comparison.arms.map((arm, j) => [`comparisons[${i}].arms[${j}]`, arm]),
    ),
    arms,
    where,
  );
  const references = [study.reference].flat();
  requireKnown(
    references.flatMap((reference, i) =>
      Object.keys(reference.arms).map((arm) => [
        Array.isArray(study.reference) ? `reference[${i}].arms` : 'reference.arms',
        arm,
      ]),
    ),
    arms,
    where,
  );
  for (const [i, { arms: pair }] of study.comparisons.entries()) {
    if (pair[0] !== pair[1]) continue;
    throw new ConfigError(
      `${where}: comparisons[${i}].arms: expected two different arms, received "${pair[0]}" twice`,
    );
  }
  requireDistinct(study.seeds, `${where}: seeds`);
  const { title, description, comparisons, seeds } = study;
  return { name: study.name, title, description, arms, comparisons, seeds, references };
};

/** @throws ConfigError before time is spent on more arms or runs than anybody trains. */
export const requireBounded = (arms: number, seeds: number, where: string): void => {
  if (arms > MOST_ARMS)
    throw new ConfigError(
      `${where}: arms: expected at most ${MOST_ARMS} arms, received ${arms}: try fewer values`,
    );
  if (arms * seeds > MOST_SEEDS)
    throw new ConfigError(
      `${where}: expected at most ${MOST_SEEDS} runs, received ${arms} arms with ${seeds} seeds each, ${arms * seeds} runs: take fewer seeds`,
    );
};

/** @throws ConfigError on a seed given twice. */
export const requireDistinct = (seeds: readonly number[], place: string): void => {
  const found = new Set<number>();
  const twice = seeds.find((one) => found.size === found.add(one).size);
  if (twice === undefined) return;
  throw new ConfigError(`${place}: expected each seed once, received ${twice} twice`);
};

const requireNoSeed = (config: object, place: string): void => {
  if (!('seed' in config)) return;
  throw new ConfigError(
    `${place}.seed: expected no seed here, since every arm gets each of the study's seeds: set seeds instead`,
  );
};

const requireArms = (
  arms: readonly StudyArm[],
  written: { readonly [arm: string]: { readonly changes?: unknown } },
  base: RunConfig,
  where: string,
): void => {
  if (arms.length === 0) throw new ConfigError(`${where}: arms: expected at least one arm, received none`);
  const found = new Map<string, string>();
  for (const { name, config } of arms) {
    const identity = runConfigIdentity(config);
    const { changes } = written[name]!;
    if (changes !== undefined && identity === runConfigIdentity(base)) {
      throw new ConfigError(
        `${where}: arms.${name}.changes: expected a change of the base configuration, received ${JSON.stringify(changes)}, which changes nothing: leave changes out if this arm is the base`,
      );
    }
    const twin = found.get(identity);
    found.set(identity, name);
    if (twin === undefined) continue;
    throw new ConfigError(
      `${where}: arms.${name}: expected another configuration than that of "${twin}", received the same`,
    );
  }
};

const requireKnown = (
  named: readonly (readonly string[])[],
  arms: readonly StudyArm[],
  where: string,
): void => {
  for (const [place, arm] of named) {
    if (arms.some(({ name }) => name === arm)) continue;
    const known = arms.map(({ name }) => `"${name}"`).join(', ');
    throw new ConfigError(`${where}: ${place}: expected one of the arms ${known}, received "${arm}"`);
  }
};
