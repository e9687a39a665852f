import { type DatasetName, datasets } from '../families/datasets.ts';
import { canonicalJson, isPlain } from '../settings/plain.ts';
import type { MigrationStep } from './migrate.ts';

/**
 * Version 1 (0.1.0) knew one kind of model, and every configuration repeated the images' shape and the number of
 * classes.
 */
const modelIsPreset: MigrationStep = (manifest) => {
  const { config } = manifest;
  if (!isPlain(config) || !isPlain(config['model'])) return manifest;
  const { inputShape, numClasses, ...settings } = config['model'];
  const dataset = datasets[config['dataset'] as DatasetName];
  const model = {
    preset: 'tutorial',
    inputShape: canonicalJson(inputShape) === canonicalJson(dataset?.imageShape) ? null : inputShape,
    numClasses: numClasses === dataset?.classNames.length ? null : numClasses,
    ...settings,
  };
  return { ...manifest, config: { ...config, model } };
};

/** Version 3 has a digest beside the manifest, which `@dropout-lab/runs` writes and checks; the manifest is the same. */
const hasDigest: MigrationStep = (manifest) => manifest;

/** The migrations of `run.json`, oldest first. */
export const manifestSteps: readonly MigrationStep[] = [modelIsPreset, hasDigest];
