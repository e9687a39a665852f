import type { DatasetChoice } from '@dropout-lab/contracts';
import { InterchangeError } from './errors.ts';
import { isObject, shown } from './objects.ts';

/** A model's classes and images, which its layers do not say. */
export interface DescribedData {
  /** The names of the classes in the order of the model's outputs. */
  readonly classNames: readonly string[];
  /** The images that it was trained on, as a run configuration names them; undefined where the file does not say. */
  readonly dataset?: DatasetChoice | undefined;
}

/** The part of a Keras archive's metadata that is ours. */
export const DESCRIBED = 'dropout_lab';

/** The form in which a model gets pixels that were bytes. */
export const PIXELS = 'float32, byte / 255';

/**
 * Returns a description that a file has, to be checked by the schema of a run configuration.
 *
 * @param where The place in the file, for errors.
 * @throws InterchangeError when it has another form.
 */
export const readDescribedData = (classNames: unknown, dataset: unknown, where: string): DescribedData => {
  if (!Array.isArray(classNames) || !classNames.every((name) => typeof name === 'string'))
    throw new InterchangeError(`${where}: class_names: expected a list of names, found ${shown(classNames)}`);
  if (dataset !== undefined && typeof dataset !== 'string' && !isObject(dataset))
    throw new InterchangeError(
      `${where}: dataset: expected a name or a description, found ${shown(dataset)}`,
    );
  return { classNames, dataset: dataset as DatasetChoice | undefined };
};
