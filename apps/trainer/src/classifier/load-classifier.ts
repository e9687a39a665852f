import type { Backend, Platform } from '../library/platform.ts';
import type { BackendStarter } from '../library/start-backend.ts';
import { type Classifier, openClassifier } from './classifier.ts';
import type { ClassifiedPicture } from './pictures.ts';

/** Options of `loadClassifier`. */
export interface LoadClassifierOptions {
  /** By default the backend that runs already, or else the fastest one. */
  readonly backend?: Backend;
}

/** The `loadClassifier` of a platform. */
export const loadClassifierOn =
  ({ readClassifier, readPicture }: Platform, start: BackendStarter) =>
  async (
    folder: string | URL,
    { backend }: LoadClassifierOptions = {},
  ): Promise<Classifier<ClassifiedPicture>> => {
    const content = await readClassifier(folder);
    await start(backend);
    return openClassifier(content, `${folder}`.replace(/\/+$/, ''), readPicture);
  };
