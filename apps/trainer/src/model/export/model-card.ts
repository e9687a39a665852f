import { basename, resolve } from 'node:path';
import {
  type DatasetName,
  datasetOf,
  type EvaluationReport,
  isOwnImages,
  type NamedArray,
  type RunConfig,
  writtenConfig,
} from '@dropout-lab/contracts';
import { modelSpecOf } from '@dropout-lab/model';
import { type EpochRow, readHistory } from '@dropout-lab/runs';
import type { RunToExport } from './format.ts';
import { plain } from './plain.ts';

/** The names of data sets on the hub, where they are there. */
const hubNames: { readonly [Name in DatasetName]: string | null } = {
  cifar10: 'uoft-cs/cifar10',
  cifar100: 'uoft-cs/cifar100',
  // Drawn by dropout-lab.
  shapes: null,
};

/** Returns a model card: front matter for the hub, then the run's own numbers, its settings, and how to load the model. */
export const modelCard = async (
  { run, checkpoint }: RunToExport,
  weights: readonly NamedArray[],
): Promise<string> => {
  const { config, classNames, importedFrom, versions, data } = run.manifest;
  // The metrics are those of the weights that training ended with.
  const evaluation = checkpoint === 'last' ? await run.readEvaluation() : undefined;
  const history = readHistory((await run.readEvents()).events);
  const name = basename(resolve(run.path));
  const parameters = weights.reduce((sum, { values }) => sum + values.length, 0);
  const spec = modelSpecOf(config);
  const [height, width, channels] = spec.inputShape;
  const origin =
    importedFrom === undefined
      ? `trained on ${data.trainImages} images of ${plain(datasetOf(config.dataset).title)} by dropout-lab ${versions['dropout-lab'] ?? ''}`.trim()
      : `imported by dropout-lab from ${plain(importedFrom.file)}`;
  return [
    // Readers of the front matter take a model's metrics for those of one view of each image.
    frontMatter(name, config, evaluation?.testTimeAugmentation === 'none' ? evaluation : undefined),
    `# ${plain(name)}`,
    `A classifier of images of ${height} by ${width} pixels and ${channels} channels into ${classNames.length} classes, with ${parameters} parameters, ${origin}. The weights are those of the checkpoint \`${checkpoint}\`.`,
    '## Results',
    resultsOf(evaluation, config, checkpoint),
    ...(history.length === 0 ? [] : ['## History', historyTable(history)]),
    '## Settings',
    'Those that differ from the defaults of dropout-lab; config.json has all of them.',
    codeBlock('json', JSON.stringify(writtenConfig(config), null, 2)),
    '## How to load it',
    'In Keras 3.3 or later:',
    codeBlock(
      'python',
      [
        'import keras',
        '',
        'model = keras.saving.load_model("model.keras")',
        `# float32 ${inputOf(spec.dataFormat, spec.inputShape)}, bytes divided by 255`,
        'probabilities = model.predict(images)',
      ].join('\n'),
    ),
    "The arrays alone, in Keras's shapes, without Keras:",
    codeBlock(
      'python',
      'import safetensors.numpy\n\narrays = safetensors.numpy.load_file("model.safetensors")',
    ),
    'In JavaScript, with the dropout-lab command:',
    codeBlock(
      'sh',
      'npx dropout-lab import model.safetensors --run-dir runs/from-hub\nnpx dropout-lab predict runs/from-hub photo.png',
    ),
    `## Classes`,
    classNames.map((className, i) => `${i}. ${plain(className)}`).join('\n'),
    '',
  ].join('\n\n');
};

const inputOf = (dataFormat: string, [height, width, channels]: readonly number[]): string =>
  dataFormat === 'channels_last'
    ? `[batch, ${height}, ${width}, ${channels}]`
    : `[batch, ${channels}, ${height}, ${width}]`;

/** A text of JSON is one of YAML. */
const yaml = (value: string | number): string => JSON.stringify(value);

const frontMatter = (name: string, config: RunConfig, evaluation: EvaluationReport | undefined): string => {
  const { title } = datasetOf(config.dataset);
  // A folder of pictures by class is one of the hub's own kinds.
  const hubName = isOwnImages(config.dataset) ? null : hubNames[config.dataset];
  const kind = isOwnImages(config.dataset) ? 'imagefolder' : config.dataset;
  const metrics =
    evaluation === undefined
      ? []
      : [
          'model-index:',
          `- name: ${yaml(name)}`,
          '  results:',
          '  - task:',
          '      type: image-classification',
          '    dataset:',
          `      name: ${yaml(title)}`,
          `      type: ${yaml(hubName ?? kind)}`,
          '      split: test',
          '    metrics:',
          ...[
            ['accuracy', evaluation.accuracy],
            ['loss', evaluation.loss],
          ].flatMap(([type, value]) => [
            `    - type: ${type}`,
            `      value: ${Number.isFinite(value) ? value : yaml(String(value))}`,
          ]),
        ];
  return [
    '---',
    // Only who has trained the model can choose one.
    'license: unknown',
    'library_name: keras',
    'pipeline_tag: image-classification',
    'tags:',
    '- dropout-lab',
    '- dropout',
    ...(hubName === null ? [] : ['datasets:', `- ${hubName}`]),
    ...(evaluation === undefined ? [] : ['metrics:', '- accuracy']),
    ...metrics,
    '---',
  ].join('\n');
};

const resultsOf = (
  evaluation: EvaluationReport | undefined,
  config: RunConfig,
  checkpoint: string,
): string => {
  if (evaluation === undefined) {
    return checkpoint === 'last'
      ? 'The run was not evaluated on test images.'
      : `The run's test metrics are those of its last weights, not of the checkpoint \`${checkpoint}\`.`;
  }
  const rows: readonly (readonly [string, string])[] = [
    ['accuracy', evaluation.accuracy.toFixed(4)],
    // Of three classes the right one is always among three.
    ...(evaluation.classes.length > 3
      ? [['top-3 accuracy', evaluation.top3Accuracy.toFixed(4)] as const]
      : []),
    ['loss', evaluation.loss.toFixed(5)],
    ['Brier score', evaluation.brierScore.toFixed(4)],
    ['calibration error', evaluation.expectedCalibrationError.toFixed(4)],
  ];
  const views = evaluation.testTimeAugmentation;
  const averaged =
    views === 'none'
      ? ''
      : `, averaged over several views of each (test-time augmentation, ${views}), while the model by itself takes one`;
  return [
    `On ${evaluation.count} test images of ${plain(datasetOf(config.dataset).title)}, without dropout${averaged}:`,
    '',
    table(['metric', 'value'], rows),
  ].join('\n');
};

const historyTable = (history: readonly EpochRow[]): string => {
  const keys = ['loss', 'accuracy', 'val_loss', 'val_accuracy'] as const;
  const shown = keys.filter((key) => history.some((row) => row[key] !== undefined));
  const rows = history.map((row) => [`${row.epoch}`, ...shown.map((key) => row[key]?.toFixed(4) ?? '')]);
  return table(['epoch', ...shown], rows);
};

const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string => {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
};

const codeBlock = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\``;
