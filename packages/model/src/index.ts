export { applyConstraints } from './apply-constraints.ts';
export { buildModel } from './build-model.ts';
export { Dropout, type DropoutConfig, type DropoutPosition, setDropoutPosition } from './dropout.ts';
export { ModelError } from './errors.ts';
export { createLogitsFunction, type LogitsFunction } from './logits-function.ts';
export { logitsModel } from './logits-model.ts';
export { type Axes, type Constraint, maxNorm } from './max-norm.ts';
export type { NoiseShape } from './noise-shape.ts';
export { readWeights, writeWeights } from './weights.ts';
