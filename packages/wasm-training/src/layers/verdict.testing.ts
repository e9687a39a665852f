import type { LayerCase } from './cases.testing.ts';
import { finiteDifferences, firstLine, gradientsOf, largestDifference } from './compare.testing.ts';

/** Gradients that differ by more than this part of their largest number are not those of the layer. */
const WRONG = 1e-4;

/** A layer's training on wasm. */
export interface Verdict {
  /** "yes", "yes, as the first layer", or "no" with the reason. */
  readonly trains: string;
  /** The largest difference of its gradients from the reference, where there is one. */
  readonly difference?: number;
  /** The reference, where that is not the cpu backend. */
  readonly reference?: string;
}

/** Returns whether a layer trains on wasm, and compares its gradients with the cpu backend's, or with finite differences where cpu is wrong. */
export const verdictOf = (one: LayerCase): Verdict => {
  let gradients: readonly Float32Array[];
  try {
    gradients = gradientsOf('wasm', one);
  } catch (error) {
    return { trains: `no: ${firstLine(error)}` };
  }
  const trains = one.firstOnly ? 'yes, as the first layer' : 'yes';
  if (one.random) return { trains, reference: 'draws other numbers each time' };
  if (gradients.length === 0) return { trains, reference: 'nothing to train' };
  const { numbers, reference } = one.wrongOnCpu ? exactOf(one) : { numbers: gradientsOf('cpu', one) };
  const difference = largestDifference(gradients, numbers);
  return {
    trains: difference > WRONG ? 'no: the gradient is wrong' : trains,
    difference,
    ...(reference && { reference }),
  };
};

/** The gradients by finite differences, and what cpu has instead. The layer is linear, so a unit step has no truncation error. */
const exactOf = (one: LayerCase): { numbers: readonly Float32Array[]; reference: string } => {
  const numbers = [finiteDifferences('cpu', one, 1)];
  let ofCpu: readonly Float32Array[];
  try {
    ofCpu = gradientsOf('cpu', one);
  } catch {
    return { numbers, reference: 'from finite differences; cpu throws' };
  }
  const difference = largestDifference(ofCpu, numbers);
  if (difference < WRONG) throw new Error(`${one.name}: expected a wrong gradient on cpu, found a right one`);
  return { numbers, reference: 'from finite differences; cpu is wrong' };
};
