import { z } from 'zod';
import { ConfigError } from '../errors.ts';
import { parseWith } from '../settings/parse.ts';
import { valueAt } from '../settings/plain.ts';
import { migrate } from './migrate.ts';
import { manifestSteps } from './migrations.ts';
import { runConfigSchema } from './run-config.ts';

/** Version of the run directory's layout. Readers accept it and every older one, and refuse newer ones. */
export const RUN_SCHEMA_VERSION = 2;

const backendSchema = z.object({
  /** TensorFlow.js's name: `tensorflow` (tfjs-node), `wasm`, `cpu`, `webgl`, `webgpu`. */
  name: z.string(),
  /** For a person: `wasm (SIMD, 2 workers)`. */
  description: z.string(),
  /** Replicas that share each batch; part of the numbers, since sums are added in their order. */
  workers: z.number().int().positive(),
});

const hardwareSchema = z.object({
  cpu: z.string(),
  cores: z.number().int().positive(),
  /** Null where it is not known: browsers do not tell. */
  memoryBytes: z.number().int().positive().nullable(),
  platform: z.string(),
});

/** The images of a run; of imported weights no digest and no count, since none were read. */
const dataSchema = z.object({
  dataset: z.string(),
  /** SHA-256 of the official files, by file name. */
  sha256: z.record(z.string(), z.string()),
  trainImages: z.number().int(),
  validationImages: z.number().int(),
  testImages: z.number().int(),
});

const importSchema = z.object({
  /** Its name, without folders. */
  file: z.string(),
  /** Of its content, in hexadecimal. */
  sha256: z.string(),
});

/** `run.json`: what a run is, written once before its first step. */
export const runManifestSchema = z.object({
  schemaVersion: z.literal(RUN_SCHEMA_VERSION),
  id: z.string().min(1, 'expected a name'),
  /** ISO 8601. */
  createdAt: z.string(),
  config: runConfigSchema,
  classNames: z.array(z.string()),
  backend: backendSchema,
  hardware: hardwareSchema,
  data: dataSchema,
  /**
   * The file that the weights came from, when they were trained elsewhere: of `config`, only what describes the
   * model and the data set then says something about them. Absent in a run that trains here.
   */
  importedFrom: importSchema.optional(),
  /** Node, TensorFlow.js and dropout-lab versions by name. */
  versions: z.record(z.string(), z.string()),
  /** The command line, as typed after `dropout-lab`. */
  command: z.array(z.string()),
  /** Commit of the checkout it ran from, or null outside one. */
  commit: z.string().nullable(),
});

/** The content of `run.json`: everything that was known of a run when it began. */
export type RunManifest = z.output<typeof runManifestSchema>;
/** The backend that a run used, and how many replicas shared each batch. */
export type BackendDescription = z.output<typeof backendSchema>;
/** The machine that a run was on. */
export type HardwareDescription = z.output<typeof hardwareSchema>;
/** The images of a run: data set, digests of its files, and how many were used for what. */
export type DataDescription = z.output<typeof dataSchema>;

/**
 * @param where The file that the value was read from, for the error.
 * @throws ConfigError when the value is not a manifest, or one of a newer version.
 */
export const parseRunManifest = (value: unknown, where: string): RunManifest => {
  const manifest = migrate(value, { version: RUN_SCHEMA_VERSION, steps: manifestSteps, where });
  try {
    return parseWith(runManifestSchema, manifest, where);
  } catch (error) {
    // A setting that was added with a default needs no new version of the file.
    const maker = valueAt(manifest, 'versions.dropout-lab');
    if (!(error instanceof ConfigError) || error.path[0] !== 'config' || typeof maker !== 'string')
      throw error;
    throw new ConfigError(
      `${error.message} (the run was made by dropout-lab ${maker.slice(0, 20)}: if that is a newer one, update dropout-lab to read it)`,
      error.path,
      { cause: error },
    );
  }
};

/** `AMD EPYC, 2 cores, 24 GiB, linux x64`. */
export const hardwareInWords = ({ cpu, cores, memoryBytes, platform }: HardwareDescription): string =>
  [
    cpu,
    `${cores} ${cores === 1 ? 'core' : 'cores'}`,
    memoryBytes !== null && `${Math.round(memoryBytes / 2 ** 30)} GiB`,
    platform,
  ]
    .filter((part) => part !== false)
    .join(', ');
