import type { DatasetChoice, ModelInput, NamedArray, RunConfig } from '@dropout-lab/contracts';
import type { WeightShape } from '@dropout-lab/interchange';

/** A file's own account of its model. */
export interface ModelSource {
  /** Its layers; undefined where the file has weights alone. */
  readonly model: ModelInput | undefined;
  /** The names of its classes; undefined where the file does not say. */
  readonly classNames: readonly string[] | undefined;
  /** The images that it was trained on; undefined where the file does not say. */
  readonly dataset: DatasetChoice | undefined;
  readonly notes: readonly string[];
  /** The most weights that it has room for. */
  readonly mostWeights: number;
  /** Returns the values of a model's weights. */
  readonly decode: (weights: readonly WeightShape[], config: RunConfig) => Promise<readonly NamedArray[]>;
}
