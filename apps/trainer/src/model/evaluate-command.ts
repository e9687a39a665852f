import { parseRunConfig, type TestTimeAugmentation } from '@dropout-lab/contracts';
import { prepareRunData, testTimeViews } from '@dropout-lab/data';
import { evaluateImages, viewsOf } from '@dropout-lab/experiment';
import { createReplica } from '@dropout-lab/training';
import { formatMetric } from '../command/format.ts';
import type { Reporter } from '../command/reporter.ts';
import { type DataOptions, loadData, requireLoadable } from '../data/data.ts';
import { checkpointOf, openTrainedModel, type TrainedModelOptions } from './open-trained-model.ts';
import { requireAnswers } from './predictions.ts';

export interface EvaluateCommandOptions extends TrainedModelOptions, DataOptions {
  /** That of the run's configuration when left out. */
  readonly testTimeAugmentation?: TestTimeAugmentation;
  readonly json?: true;
}

/** `dropout-lab evaluate`: a run's metrics on the test images. @returns The exit code. */
export const evaluateCommand = async (
  path: string,
  options: EvaluateCommandOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<number> => {
  const { run, model } = await openTrainedModel(path, options);
  requireLoadable(run.manifest, `evaluate ${path}`);
  const { classNames } = run.manifest;
  const { testTimeAugmentation = run.manifest.config.testTimeAugmentation } = options;
  // Its images must be large enough for the views.
  const config = parseRunConfig({ ...run.manifest.config, testTimeAugmentation });
  const { test } = prepareRunData(await loadData([config], options, reporter, signal), config);
  const { report, logits } = await evaluateImages(createReplica(model), test, classNames, {
    signal,
    views: viewsOf(config),
  });
  model.dispose();
  requireAnswers(logits, checkpointOf(path, options), (row) => `test image ${row}`, classNames.length);
  if (options.json) {
    process.stdout.write(`${JSON.stringify(report)}\n`);
    return 0;
  }
  reporter.line(
    `Test loss: ${formatMetric(report.loss)} / Test accuracy: ${formatMetric(report.accuracy)} (${report.count} images${viewsInWords(report.testTimeAugmentation)})`,
  );
  reporter.line(
    `Top-3 accuracy: ${formatMetric(report.top3Accuracy)} - Brier score: ${formatMetric(report.brierScore)} - ECE: ${formatMetric(report.expectedCalibrationError)}`,
  );
  const width = Math.max(...classNames.map((name) => name.length));
  reporter.line(`${'class'.padEnd(width)}  precision  recall      f1`);
  for (const { className, precision, recall, f1 } of report.classes) {
    reporter.line(
      `${className.padEnd(width)}     ${formatMetric(precision)}  ${formatMetric(recall)}  ${formatMetric(f1)}`,
    );
  }
  return 0;
};

/** `, 6 views of each: flip_shift`; nothing where there is one. */
const viewsInWords = (name: TestTimeAugmentation): string =>
  name === 'none' ? '' : `, ${testTimeViews[name].length} views of each: ${name}`;
