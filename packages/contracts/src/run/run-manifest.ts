import { z } from 'zod';
import { ConfigError } from '../errors.ts';
import { parseWith } from '../settings/parse.ts';
import { valueAt } from '../settings/plain.ts';
import { withoutSecrets } from '../settings/secrets.ts';
import { migrate } from './migrate.ts';
import { manifestSteps } from './migrations.ts';
import { classesOf, type RunConfig, runConfigSchema } from './run-config.ts';

/** Version of the run directory's layout. Readers accept it and every older one, and refuse newer ones. */
export const RUN_SCHEMA_VERSION = 3;

const backendSchema = z.object({
  /** TensorFlow.js's name: `tensorflow` (tfjs-node), `wasm`, `cpu`, `webgl`, `webgpu`. */
  name: z.string(),
  /** A description for people: `wasm (SIMD, 2 workers)`. */
  description: z.string(),
  /**
   * Number of replicas that shared each batch when the run began; events say on how many it resumed. On wasm and cpu it
   * does not affect a run's numbers.
   */
  workers: z.number().int().positive(),
  /** The kernels of wasm; absent on other backends, and in earlier runs, which had the plain ones. */
  kernels: z
    .object({
      /** The bits of `fma`, fused multiply-add, depend on the processor. */
      build: z.enum(['plain', 'fma']),
      /** Whether V8 made operations of 256 bits of theirs; the bits are the same. */
      revectorized: z.boolean(),
    })
    .optional(),
});

const hardwareSchema = z.object({
  cpu: z.string(),
  cores: z.number().int().positive(),
  /** Null where it is not known, as in browsers. */
  memoryBytes: z.number().int().positive().nullable(),
  platform: z.string(),
});

/** The images of a run; without digests and with counts of 0 for imported weights, since none were read. */
const dataSchema = z.object({
  dataset: z.string(),
  /** SHA-256 of the official files, by file name. */
  sha256: z.record(z.string(), z.string()),
  trainImages: z.number().int(),
  validationImages: z.number().int(),
  testImages: z.number().int(),
});

const importSchema = z.object({
  /** The file's name, without folders. */
  file: z.string(),
  /** SHA-256 of its content, in hexadecimal. */
  sha256: z.string(),
});

/** `run.json`: a run's manifest, written once before its first step. */
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
   * The file that the weights came from, when they were trained elsewhere. Then only the parts of `config` that
   * describe the model and the data set are about these weights. Absent in a run that trains here.
   */
  importedFrom: importSchema.optional(),
  /** Node, TensorFlow.js and dropout-lab versions by name. */
  versions: z.record(z.string(), z.string()),
  /** The command line, as typed after `dropout-lab`, but for passwords and tokens in addresses. */
  command: z.array(z.string()),
  /** Commit of the checkout it ran from, or null outside one. */
  commit: z.string().nullable(),
});

/** The content of `run.json`: everything that is known about a run when it begins. */
export type RunManifest = z.output<typeof runManifestSchema>;
/** The backend that a run used, and how many replicas shared each batch. */
export type BackendDescription = z.output<typeof backendSchema>;
/** The machine that a run was computed on. */
export type HardwareDescription = z.output<typeof hardwareSchema>;
/** The images of a run: data set, digests of its files, and the sizes of its splits. */
export type DataDescription = z.output<typeof dataSchema>;

/**
 * Parses the content of a `run.json` of this version or an older one. Passwords and tokens of addresses in its command
 * line are left out.
 *
 * @param where The file that the value was read from, for the error.
 * @throws ConfigError when the value is not a manifest, or one of a newer version.
 */
export const parseRunManifest = (value: unknown, where: string): RunManifest => {
  const manifest = migrate(value, { version: RUN_SCHEMA_VERSION, steps: manifestSteps, where });
  try {
    const parsed = parseWith(runManifestSchema, manifest, where);
    requireClassNames(parsed, where);
    // Earlier runs have their command line as it was typed.
    return { ...parsed, command: parsed.command.map(withoutSecrets) };
  } catch (error) {
    // A setting that was added with a default needs no new version of the file.
    const maker = valueAt(manifest, 'versions.dropout-lab');
    if (!(error instanceof ConfigError) || error.path[0] !== 'config' || typeof maker !== 'string')
      throw error;
    throw new ConfigError(
      `${error.message} (the run was made by dropout-lab ${maker.slice(0, 20)}: if that is newer than this one, update dropout-lab to read it)`,
      error.path,
      { cause: error },
    );
  }
};

/** @throws ConfigError when there is not one name for each class of the model: predictions would get another's name. */
export const requireClassNames = (
  { classNames, config }: { readonly classNames: readonly string[]; readonly config: RunConfig },
  where: string,
): void => {
  const classes = classesOf(config);
  if (classNames.length === classes) return;
  throw new ConfigError(
    `${where}: classNames: expected ${classes} names, one for each class of the model, received ${classNames.length}`,
    ['classNames'],
  );
};

/** Describes a machine in words: `AMD EPYC, 2 cores, 24 GiB, linux x64`. */
export const hardwareInWords = ({ cpu, cores, memoryBytes, platform }: HardwareDescription): string =>
  [
    cpu,
    `${cores} ${cores === 1 ? 'core' : 'cores'}`,
    memoryBytes !== null && `${Math.round(memoryBytes / 2 ** 30)} GiB`,
    platform,
  ]
    .filter((part) => part !== false)
    .join(', ');
