import {
  ConfigError,
  type EvaluationReport,
  parseRunConfig,
  type RunConfig,
  type RunManifest,
  type TestTimeAugmentation,
} from '@dropout-lab/contracts';
import { prepareRunData, type RunData, testTimeViews } from '@dropout-lab/data';
import { evaluateImages, viewsOf, workersFor } from '@dropout-lab/experiment';
import { dropoutLayersOf } from '@dropout-lab/model';
import { type Replica, sampleLogits } from '@dropout-lab/training';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { formatMetric } from '../command/format.ts';
import type { Reporter } from '../command/reporter.ts';
import { table } from '../command/table.ts';
import { type DataOptions, loadRunData, requireImages, requireLoadable } from '../data/data.ts';
import { type Output, requireNewFile, writeFile } from '../output.ts';
import { replicasOn, requireWorkers } from '../train/open-run.ts';
import { dropoutFactorAfter } from './dropout-factor-after.ts';
import { checkpointOf, openTrainedModel, type TrainedModelOptions } from './open-trained-model.ts';
import { requireAnswers } from './predictions.ts';
import { createImageProgress } from './progress-line.ts';
import {
  type Answered,
  linesOf,
  type Sampled,
  sampledWay,
  type Tempered,
  temperedWay,
  uncertaintyJson,
  type Way,
  wayOf,
} from './uncertainty.ts';

export interface EvaluateCommandOptions extends TrainedModelOptions, DataOptions {
  /** That of the run's configuration when left out. */
  readonly testTimeAugmentation?: TestTimeAugmentation;
  /** Passes of Monte Carlo dropout. */
  readonly mc?: number;
  /** Threads that share the images; what fits the backend and the cores when left out. */
  readonly workers?: number;
  /** Whether to find a temperature on the validation images. */
  readonly temperature?: true;
  /** File for the rejection curves. */
  readonly chart?: string;
  readonly json?: true;
}

/** `dropout-lab evaluate`: a run's metrics on the test images. @returns The exit code. */
export const evaluateCommand = async (
  path: string,
  options: EvaluateCommandOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<number> => {
  const { mc: passes, temperature, chart } = options;
  await requireChart(chart);
  const { run, model, step, backend } = await openTrainedModel(path, options);
  let replica: Replica | undefined;
  try {
    requireLoadable(run.manifest, `evaluate ${path}`);
    const { classNames } = run.manifest;
    const config = configWith(run.manifest.config, options);
    await requireImages([config], options);
    const rateFactor = dropoutFactorAfter(step, config);
    requireWorkers(model, options.workers);
    if (passes !== undefined) requireSampled(path, config, { model, rateFactor });
    if (temperature) requireValidation(path, run.manifest);
    const data = prepareRunData(await loadRunData([config], options, reporter, signal), config);
    const validation = temperature && validationOf(path, data.validation);
    const { count, start } = replicasOn(config, backend, options);
    replica = await start(model, workersFor(model, count));
    const where = checkpointOf(path, options);
    const asked = { test: data.test, validation, passes, rateFactor, config, classNames, where };
    const answers = await answersOf(replica, asked, reporter, signal);
    if (chart !== undefined) {
      // Charts take a while to load.
      const { rejectionSvg } = await import('./rejection-svg.ts');
      await writeFile(chartAt(chart), rejectionSvg(waysOf(answers), classNames.length));
    }
    if (options.json) process.stdout.write(`${JSON.stringify(answersJson(answers, chart))}\n`);
    else for (const line of answerLines(answers, chart)) reporter.line(line);
    return 0;
  } finally {
    replica?.dispose();
    model.dispose();
  }
};

/** The images that are to be answered, and the ways. */
interface Asked {
  readonly test: RunData['test'];
  /** Images to find a temperature on; undefined when none is asked for. */
  readonly validation: RunData['test'] | undefined;
  /** Passes of Monte Carlo dropout; undefined when none are asked for. */
  readonly passes: number | undefined;
  /** Factor of the dropout rates in these passes. */
  readonly rateFactor: number;
  readonly config: RunConfig;
  readonly classNames: readonly string[];
  /** The checkpoint, for errors. */
  readonly where: string;
}

/** The test images, answered in each way that was asked for. */
interface Answers {
  readonly report: EvaluationReport;
  readonly plain: Way;
  readonly tempered: Tempered | undefined;
  readonly sampled: Sampled | undefined;
}

const answersOf = async (
  replica: Replica,
  { test, validation, passes, rateFactor, config, classNames, where }: Asked,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<Answers> => {
  const views = testTimeViews[config.testTimeAugmentation].length;
  const progress = createImageProgress(
    (views + (passes ?? 0)) * test.size + (validation ? views * validation.size : 0),
  );
  const onBatchOf = (label: () => string) => (images: number) => {
    progress.add(images);
    reporter.progress(progress.line(label()));
  };

  const evaluated = async (images: RunData['test'], kind: string) => {
    const found = await evaluateImages(replica, images, classNames, {
      signal,
      views: viewsOf(config),
      onBatch: onBatchOf(() => `${kind} images`),
    });
    requireAnswers(found.logits, where, (row) => `${kind.toLowerCase()} image ${row}`, classNames.length);
    const answered: Answered = { logits: found.logits, labels: Uint16Array.from(found.predictions.labels) };
    return { report: found.report, answered };
  };

  const sampledBy = (count: number, { labels }: Answered): Promise<Sampled> => {
    let pass = 1;
    const onBatch = onBatchOf(() => `Pass ${pass} of ${count}`);
    const logitsOfPasses = sampleLogits(replica, test, { passes: count, rateFactor, signal, onBatch });
    return sampledWay(logitsOfPasses, labels, classNames, (logits) => {
      requireAnswers(logits, where, (row) => `test image ${row} in pass ${pass}`, classNames.length);
      pass += 1;
    });
  };

  const { report, answered } = await evaluated(test, 'Test');
  const held = validation && (await evaluated(validation, 'Validation')).answered;
  return {
    report,
    plain: wayOf('plain', answered, classNames),
    tempered: held && temperedWay(answered, held, classNames),
    sampled: passes === undefined ? undefined : await sampledBy(passes, answered),
  };
};

const waysOf = ({ plain, tempered, sampled }: Answers): Way[] => [
  plain,
  ...(tempered ? [tempered.way] : []),
  ...(sampled ? [sampled.way] : []),
];

/** Whether the answers' uncertainty was asked about. */
const areUncertain = (answers: Answers, chart: string | undefined): boolean =>
  waysOf(answers).length > 1 || chart !== undefined;

const answersJson = (answers: Answers, chart: string | undefined): object => ({
  ...answers.report,
  ...(areUncertain(answers, chart) && uncertaintyJson(answers.plain, answers)),
});

const answerLines = (answers: Answers, chart: string | undefined): string[] => [
  ...reportLines(answers.report),
  ...(areUncertain(answers, chart) ? linesOf(waysOf(answers), answers) : []),
  ...(chart === undefined ? [] : [`Wrote ${chart}`]),
];

/** The run's configuration, looked at as the options say: its images must be large enough for the views. */
const configWith = (
  config: RunConfig,
  { testTimeAugmentation = config.testTimeAugmentation }: EvaluateCommandOptions,
): RunConfig => parseRunConfig({ ...config, testTimeAugmentation });

/** @throws ConfigError when passes would all be the same, or would not be comparable with the plain prediction. */
const requireSampled = (
  path: string,
  { testTimeAugmentation, dropoutSchedule }: RunConfig,
  { model, rateFactor }: { readonly model: LayersModel; readonly rateFactor: number },
): void => {
  if (testTimeAugmentation !== 'none') {
    throw new ConfigError(
      `evaluate ${path} --mc: expected images as they are, since a pass sees one view of each, found test-time augmentation ${testTimeAugmentation}: add --test-time-augmentation none`,
    );
  }
  if (rateFactor === 0) {
    throw new ConfigError(
      `evaluate ${path} --mc: expected a model that was trained with dropout until this checkpoint, found a dropout schedule, ${dropoutSchedule.name}, that had none then: every pass would be the same, so leave --mc out`,
    );
  }
  if (dropoutLayersOf(model).length > 0) return;
  throw new ConfigError(
    `evaluate ${path} --mc: expected a model with dropout at a rate above 0, found none among its layers: every pass would be the same, so leave --mc out`,
  );
};

/** @throws ConfigError when the run has no images that it was not trained on, apart from the test images. */
const requireValidation = (path: string, { config, importedFrom }: RunManifest): void => {
  if (importedFrom !== undefined) {
    throw new ConfigError(
      `evaluate ${path} --temperature: expected a run that was trained here, found weights imported from ${importedFrom.file}: which images they were not trained on is not known`,
    );
  }
  if (config.validationSplit > 0) return;
  throw new ConfigError(
    `evaluate ${path} --temperature: expected a run with validation images to find the temperature on, found validationSplit 0: train with --validation-split above 0`,
  );
};

const validationOf = <Images>(path: string, validation: Images | undefined): Images => {
  if (validation !== undefined) return validation;
  throw new ConfigError(
    `evaluate ${path} --temperature: expected validation images to find the temperature on, found that the split holds none out: train with a larger --validation-split`,
  );
};

const chartAt = (place: string): Output => ({ option: '--chart', place });

/** @throws ConfigError when a chart's file would not be taken for one, or could not be written. */
const requireChart = async (chart: string | undefined): Promise<void> => {
  if (chart === undefined) return;
  if (!chart.endsWith('.svg'))
    throw new ConfigError(`--chart: expected a name that ends in .svg, received ${chart}`);
  await requireNewFile(chartAt(chart));
};

const reportLines = (report: EvaluationReport): string[] => {
  const rows = report.classes.map(({ className, precision, recall, f1 }) => [
    className,
    ...[precision, recall, f1].map((metric) => formatMetric(metric)),
  ]);
  // Of three classes the right one is always among three.
  const top3 = report.classes.length > 3 ? [`Top-3 accuracy: ${formatMetric(report.top3Accuracy)}`] : [];
  const others = [
    ...top3,
    `Brier score: ${formatMetric(report.brierScore)}`,
    `ECE: ${formatMetric(report.expectedCalibrationError)}`,
  ];
  return [
    `Test loss: ${formatMetric(report.loss)} / Test accuracy: ${formatMetric(report.accuracy)} (${report.count} images${viewsInWords(report.testTimeAugmentation)})`,
    others.join(' - '),
    ...table(['class', 'precision', 'recall', 'f1'], rows),
  ];
};

/** `, 6 views of each: flip_shift`; nothing where there is one. */
const viewsInWords = (name: TestTimeAugmentation): string =>
  name === 'none' ? '' : `, ${testTimeViews[name].length} views of each: ${name}`;
