import * as tf from '@tensorflow/tfjs-core';

/** A step that has updated the weights, and whose numbers are still where they were computed. */
interface UnreadStep {
  readonly loss: tf.Tensor;
  /** Undefined where there is no accuracy. */
  readonly correct: tf.Tensor | undefined;
  /** The sum of each weight after the update. */
  readonly sums: tf.Tensor;
  /** Images of its batch. */
  readonly count: number;
  readonly learningRate: number;
}

/** The numbers of a step. */
interface KnownStep extends Pick<UnreadStep, 'count' | 'learningRate'> {
  readonly loss: number;
  readonly correct: number | undefined;
  readonly sums: Float32Array;
}

/** Steps whose numbers are read together. */
export interface UnreadSteps {
  /** How many there are. */
  readonly length: number;
  /** Whether to read them now: as many as take half a second, 16 at most. */
  readonly isFull: boolean;
  add(step: UnreadStep): void;
  /** Waits for the numbers of all of them, in their order; there are none then. */
  read(): Promise<readonly KnownStep[]>;
  /** Says how long the steps that were read last have taken each; before that, a single step is read. */
  measured(secondsPerStep: number): void;
  dispose(): void;
}

/** Longer is felt as a stop where steps are watched. */
const SECONDS = 0.5;
/** Each keeps a few numbers, and what a graphics processor has yet to do grows with them. */
const MOST = 16;

export const createUnreadSteps = (): UnreadSteps => {
  let steps: UnreadStep[] = [];
  let limit = 1;
  const tensorsOf = ({ loss, correct, sums }: UnreadStep) => [loss, sums, ...(correct ? [correct] : [])];
  const dispose = () => {
    tf.dispose(steps.flatMap(tensorsOf));
    steps = [];
  };
  return {
    get length() {
      return steps.length;
    },
    get isFull() {
      return steps.length >= limit;
    },
    add: (step) => {
      steps.push(step);
    },
    read: async () => {
      if (steps.length === 0) return [];
      const asked = steps;
      const numbers = tf.tidy(() =>
        tf.concat(asked.flatMap(tensorsOf).map((tensor) => tf.reshape(tf.cast(tensor, 'float32'), [-1]))),
      );
      dispose();
      const values = await numbers.data<'float32'>();
      numbers.dispose();
      let read = 0;
      const next = (length: number): Float32Array => {
        read += length;
        return values.slice(read - length, read);
      };
      return asked.map(({ correct, sums, count, learningRate }) => ({
        loss: next(1)[0]!,
        sums: next(sums.size),
        correct: correct && next(1)[0]!,
        count,
        learningRate,
      }));
    },
    measured: (secondsPerStep) => {
      limit = Math.max(1, Math.min(MOST, Math.floor(SECONDS / secondsPerStep)));
    },
    dispose,
  };
};
