import { prepareRunData } from '@dropout-lab/data';
import { evaluateImages } from '@dropout-lab/experiment';
import { createReplica } from '@dropout-lab/training';
import { formatMetric } from '../command/format.ts';
import type { Reporter } from '../command/reporter.ts';
import { type DataOptions, loadData, requireLoadable } from '../data/data.ts';
import { checkpointOf, openTrainedModel, type TrainedModelOptions } from './open-trained-model.ts';
import { requireAnswers } from './predictions.ts';

/** `dropout-lab evaluate`: a run's metrics on the test images. @returns The exit code. */
export const evaluateCommand = async (
  path: string,
  options: TrainedModelOptions & DataOptions & { readonly json?: true },
  reporter: Reporter,
  signal: AbortSignal,
): Promise<number> => {
  const { run, model } = await openTrainedModel(path, options);
  requireLoadable(run.manifest, `evaluate ${path}`);
  const { config, classNames } = run.manifest;
  const { test } = prepareRunData(await loadData([config], options, reporter, signal), config);
  const { report, logits } = await evaluateImages(createReplica(model), test, classNames, { signal });
  model.dispose();
  requireAnswers(logits, checkpointOf(path, options), (row) => `test image ${row}`, classNames.length);
  if (options.json) {
    process.stdout.write(`${JSON.stringify(report)}\n`);
    return 0;
  }
  reporter.line(
    `Test loss: ${formatMetric(report.loss)} / Test accuracy: ${formatMetric(report.accuracy)} (${report.count} images)`,
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
