import { type DataDescription, parseWith } from '@dropout-lab/contracts';
import { lowestValidationLoss, mean, overfittingOnset } from '@dropout-lab/metrics';
import { compareArms, overfittingInWords, verdictParts } from '@dropout-lab/study';
import { z } from 'zod';
import { percent } from '../../shared/format.ts';

/** The metrics of an epoch. */
export interface RateEpoch {
  readonly epoch: number;
  readonly loss: number;
  readonly accuracy: number;
  readonly val_loss: number;
  readonly val_accuracy: number;
}

/** A run of the sweep that ships with the pages. */
interface RateRun {
  readonly rate: number;
  readonly seed: number;
  readonly test: { readonly accuracy: number; readonly loss: number };
  readonly history: readonly RateEpoch[];
}

/** The sweep over the dropout rate that ships with the pages, and what made it. */
export interface Rates {
  readonly command: string;
  readonly commit: string;
  readonly backend: string;
  readonly cpu: string;
  readonly data: DataDescription;
  /** By seed, then by rising rate. */
  readonly runs: readonly RateRun[];
}

const ratesSchema = z.object({
  command: z.string(),
  commit: z.string(),
  backend: z.string(),
  hardware: z.object({ cpu: z.string() }),
  data: z.object({
    dataset: z.string(),
    sha256: z.record(z.string(), z.string()),
    trainImages: z.number(),
    validationImages: z.number(),
    testImages: z.number(),
  }),
  runs: z.array(
    z.object({
      rate: z.number(),
      seed: z.number(),
      test: z.object({ accuracy: z.number(), loss: z.number() }),
      history: z.array(z.tuple([z.number(), z.number(), z.number(), z.number()])),
    }),
  ),
});

const FILE = 'learn/rates.json';

/** Loads the sweep. */
export const loadRates = async (): Promise<Rates> => {
  const response = await fetch(FILE);
  if (!response.ok) throw new Error(`${FILE}: HTTP ${response.status}`);
  return parseRates(await response.json());
};

/** Reads the sweep's file. */
export const parseRates = (json: unknown): Rates => {
  const { hardware, runs, ...rest } = parseWith(ratesSchema, json, FILE);
  return {
    ...rest,
    cpu: hardware.cpu,
    runs: runs.map(({ history, ...run }) => ({
      ...run,
      history: history.map(([loss, accuracy, val_loss, val_accuracy], i) => ({
        epoch: i + 1,
        ...{ loss, accuracy, val_loss, val_accuracy },
      })),
    })),
  };
};

/** The runs of one rate, and what they came to. */
export interface RateArm {
  readonly rate: number;
  readonly runs: readonly RateRun[];
  /** Accuracies of the last epoch: means over the runs. */
  readonly training: number;
  readonly validation: number;
}

/** Returns an arm for each rate, by rising rate. */
export const armsOfRates = ({ runs }: Rates): readonly RateArm[] => {
  const rates = [...new Set(runs.map(({ rate }) => rate))].sort((a, b) => a - b);
  return rates.map((rate) => {
    const own = runs.filter((run) => run.rate === rate);
    const last = own.map(({ history }) => history.at(-1)!);
    return {
      rate,
      runs: own,
      training: mean(last.map(({ accuracy }) => accuracy)),
      validation: mean(last.map(({ val_accuracy }) => val_accuracy)),
    };
  });
};

const titleOf = (rate: number): string => (rate === 0 ? 'no dropout' : `rate ${rate}`);

/** The result of the runs of a rate. */
export interface RateVerdict {
  readonly sentences: readonly string[];
  /** Sentences on what is left open. */
  readonly caveats: readonly string[];
}

/** Returns the verdict of the report on a rate against no dropout, and where it overfits: by the functions of the report. */
export const verdictOfRate = (rates: Rates, arm: RateArm): RateVerdict => {
  const [plain] = armsOfRates(rates);
  const overfits = arm.runs.map(({ history, seed }) => {
    const last = history.at(-1)!;
    const onset = overfittingOnset(history);
    const words = overfittingInWords({ onset, gap: last.accuracy - last.val_accuracy });
    const lowest = `validation loss is lowest at epoch ${lowestValidationLoss(history)!.epoch} of ${history.length}`;
    return `${arm.runs.length > 1 ? `seed ${seed}: ` : ''}${words} (${lowest})`;
  });
  const numbers = `At rate ${arm.rate} it ends at ${percent(arm.training)} training and ${percent(arm.validation)} validation accuracy.`;
  const overfitting = `Overfitting: ${overfits.join('; ')}.`;
  if (arm.rate === plain!.rate) return { sentences: [numbers, overfitting], caveats: [] };
  const [first, second] = [arm, plain!].map(({ rate, runs }) => ({
    title: titleOf(rate),
    models: runs.map(({ seed, test }) => ({ seed, data: rates.data, accuracy: { test: test.accuracy } })),
    diverged: 0,
  }));
  const { finding, caveats } = verdictParts(compareArms(first!, second!));
  return { sentences: [numbers, finding, overfitting], caveats };
};
