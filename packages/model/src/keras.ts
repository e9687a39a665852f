export { KerasWeightsError } from './errors.ts';
export { decodeKerasWeights, encodeKerasWeights } from './keras-weights.ts';
