export { KerasWeightsError } from './errors.ts';
export { decodeKerasWeights, encodeKerasWeights, type WeightShape } from './keras-weights.ts';
