import { ConfigError, type RunConfig } from '@dropout-lab/contracts';
import { modelSpecOf, requireBuildable } from '@dropout-lab/model';

/** The reason why a configuration is refused, in a form that passes between threads, where an error would lose its path. */
interface Refusal {
  readonly message: string;
  readonly path: ConfigError['path'];
}

/** The service that checks a run's model without building it, and before there is a backend. */
export const modelCheck = {
  /** Returns why the model cannot be built; undefined where it can. */
  refusalOfModel: (config: Pick<RunConfig, 'model' | 'dataset'>): Refusal | undefined => {
    try {
      requireBuildable(modelSpecOf(config));
      return undefined;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const { message, path } = error;
      return { message, path };
    }
  },
};
