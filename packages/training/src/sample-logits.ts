import type { Batch, BatchSource, Targets } from '@dropout-lab/contracts';
import { dropoutLayersOf } from '@dropout-lab/model';
import { TrainingError } from './errors.ts';
import { answeredBatches, type EvaluateOptions } from './loop/answered-batches.ts';
import { anyObjectiveOf } from './objective.ts';
import type { Replica } from './replicas/replica.ts';

/** Options of {@link sampleLogits}. */
export interface SampleOptions extends EvaluateOptions {
  /** How often the images pass through the model, each time with other units dropped. */
  readonly passes: number;
  /** Factor of every dropout rate, above 0, where those changed over training; 1 when left out. */
  readonly rateFactor?: number | undefined;
}

/**
 * Yields a model's logits of all images of a source's first epoch with dropout on, pass by pass (Monte Carlo dropout, Gal &
 * Ghahramani, "Dropout as a Bayesian Approximation", ICML 2016): float32 [source.size, ..., units]. Batch normalization uses
 * its moving statistics, and no noise is added. The masks are those of the layers' seeds at step `pass`, and of an image's
 * row among all: the same every time, on every backend, in batches of any size and on any number of replicas.
 *
 * @throws TrainingError when the model has no dropout, the number of passes is impossible, or a batch does not fit its source.
 */
export async function* sampleLogits(
  replica: Replica,
  source: BatchSource<Targets>,
  { passes, rateFactor = 1, ...options }: SampleOptions,
): AsyncGenerator<Float32Array, void, undefined> {
  if (!Number.isInteger(passes) || passes < 1)
    throw new TrainingError(`passes: expected a whole number above 0, found ${passes}`);
  if (!(rateFactor > 0 && rateFactor <= 1))
    throw new TrainingError(`rateFactor: expected a number above 0 and at most 1, found ${rateFactor}`);
  const { model } = replica;
  if (dropoutLayersOf(model).length === 0) {
    throw new TrainingError(
      `model: expected a layer that drops units at random, with a rate above 0, found none in ${model.name}: every pass would be the same`,
    );
  }
  const objective = anyObjectiveOf(model);
  const rowLength = objective.outputShape.reduce((product, length) => product * length, 1);
  for (let pass = 0; pass < passes; pass++) {
    const logits = new Float32Array(source.size * rowLength);
    const answer = (batch: Batch, row: number) =>
      replica.sampledLogits(batch, {
        step: pass,
        firstImage: row,
        rowOffset: 0,
        batchSize: batch.size,
        rateFactor,
      });
    for await (const answered of answeredBatches(source, objective, answer, options)) {
      logits.set(answered.logits, answered.row * rowLength);
    }
    yield logits;
  }
}
