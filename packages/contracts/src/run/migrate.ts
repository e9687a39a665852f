import { ConfigError } from '../errors.ts';
import { isPlain, type PlainObject } from '../settings/plain.ts';

/** Turns the content of a file of one version into that of the next. */
export type MigrationStep = (content: PlainObject) => PlainObject;

/** A file's current version, and the steps that lead to it. */
export interface MigrateOptions {
  /** The version that this program writes. */
  readonly version: number;
  /** The first leads from version 1 to version 2, and so on. */
  readonly steps: readonly MigrationStep[];
  /** The file's name, for the error. */
  readonly where: string;
}

/**
 * Migrates a file's content to the version that this program writes, one version a step.
 *
 * @returns The value itself where it has no `schemaVersion`, for its schema to refuse.
 * @throws ConfigError on a newer version.
 */
export const migrate = (value: unknown, { version, steps, where }: MigrateOptions): unknown => {
  if (!isPlain(value)) return value;
  const found = value['schemaVersion'];
  if (typeof found !== 'number') return value;
  if (found > version) {
    throw new ConfigError(
      `${where}: expected schemaVersion ${version} or older, received ${found}: it was made by a newer dropout-lab; update dropout-lab to read it`,
      ['schemaVersion'],
    );
  }
  if (!Number.isInteger(found) || found < 1) return value;
  return steps
    .slice(found - 1)
    .reduce<PlainObject>((content, step, i) => ({ ...step(content), schemaVersion: found + i + 1 }), value);
};
