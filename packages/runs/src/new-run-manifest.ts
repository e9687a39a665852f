import {
  type BackendDescription,
  type DatasetChoice,
  datasetKey,
  parseRunManifest,
  RUN_SCHEMA_VERSION,
  type RunManifest,
  withoutSecrets,
} from '@dropout-lab/contracts';
import { newRunId } from './run-id.ts';

/** The content of a new run's manifest, apart from its name and the time. */
export interface NewRun
  extends Pick<RunManifest, 'config' | 'data' | 'hardware' | 'importedFrom' | 'versions' | 'commit'> {
  readonly classNames: readonly string[];
  /** As it was started; its versions join those of the run. */
  readonly backend: Omit<BackendDescription, 'workers'> & Pick<RunManifest, 'versions'>;
  /** Replicas that share each batch. */
  readonly workers: number;
  /** The command line; passwords and tokens of addresses in it do not enter the manifest. */
  readonly command: readonly string[];
}

/** Returns the training data of a run whose model was trained elsewhere: none of its data set's images. */
export const noImagesOf = (dataset: DatasetChoice): RunManifest['data'] => ({
  dataset: datasetKey(dataset),
  sha256: {},
  trainImages: 0,
  validationImages: 0,
  testImages: 0,
});

/**
 * The manifest of a run that begins now, named by {@link newRunId}.
 *
 * @throws ConfigError when it could not be read again, such as with fewer class names than the model has classes.
 */
export const newRunManifest = (
  { backend, workers, classNames, command, versions, ...run }: NewRun,
  now: Date = new Date(),
): RunManifest =>
  parseRunManifest(
    {
      schemaVersion: RUN_SCHEMA_VERSION,
      id: newRunId(now, run.config),
      createdAt: now.toISOString(),
      ...run,
      classNames: [...classNames],
      backend: {
        name: backend.name,
        description: backend.description,
        workers,
        kernels: backend.kernels,
      },
      versions: { ...versions, ...backend.versions },
      command: command.map(withoutSecrets),
    },
    'the manifest of a new run',
  );
