import { DropoutLabError } from '@dropout-lab/contracts';
import { softmax } from '@dropout-lab/metrics';

/** A class and its probability. */
export interface Prediction {
  readonly className: string;
  /** 0..1; those of all classes add up to 1. */
  readonly probability: number;
}

/** Returns all classes for each row of logits [rows, classes], the most probable first. */
export const predictionsIn = (logits: Float32Array, classNames: readonly string[]): Prediction[][] => {
  const classes = classNames.length;
  const probabilities = softmax(logits, classes);
  return Array.from({ length: logits.length / classes }, (_, row) =>
    classNames
      .map((className, c) => ({ className, probability: probabilities[row * classes + c]! }))
      .sort((a, b) => b.probability - a.probability),
  );
};

/**
 * @param where The model, for the message.
 * @param nameOf What a row of logits is of, for the message.
 * @throws DropoutLabError when a logit is NaN or infinite: the model has no answer, and a class would be made up.
 */
export const requireAnswers = (
  logits: Float32Array,
  where: string,
  nameOf: (row: number) => string,
  numClasses: number,
): void => {
  const index = logits.findIndex((logit) => !Number.isFinite(logit));
  if (index < 0) return;
  throw new DropoutLabError(
    `${where}: expected finite answers from the model, found ${logits[index]} for ${nameOf(Math.floor(index / numClasses))}: its weights are too large for float32, so take another checkpoint, or train with a lower learning rate`,
  );
};
