export { KerasWeightsError } from './errors.ts';
export { decodeKerasWeights, encodeKerasWeights, type WeightShape } from './keras-weights.ts';
export {
  type BoardEvent,
  type BoardSetting,
  type BoardValue,
  encodeBoardEvent,
  encodeBoardHead,
} from './tensorboard/event.ts';
