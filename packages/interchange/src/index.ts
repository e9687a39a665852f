export type { DescribedData } from './described-data.ts';
export { InterchangeError, KerasWeightsError } from './errors.ts';
export { decodeKerasArchitecture, type KerasArchitecture, type SavedLayers } from './keras/architecture.ts';
export { isArchive as isKerasArchive } from './keras/archive.ts';
export { isHdf5 } from './keras/hdf5.ts';
export {
  decodeKerasDescribedData,
  encodeKerasModel,
  type KerasModel,
  type KerasModelOptions,
} from './keras/model.ts';
export type { TrainedWith } from './keras/training.ts';
export { decodeKerasWeights, encodeKerasWeights } from './keras/weights.ts';
export {
  CLASSIFIER_FILE,
  type ClassifierData,
  describedBy,
  type LayersModelData,
} from './layers-model/described-by.ts';
export { type DescribedLayersModel, decodeLayersModel } from './layers-model/model.ts';
export { encodeOnnxModel } from './onnx/model.ts';
export { type Room, requireRoom } from './require-room.ts';
export {
  decodeSafetensors,
  encodeSafetensors,
  isSafetensors,
  type SafetensorsFile,
} from './safetensors/file.ts';
export {
  decodeSafetensorsModel,
  encodeSafetensorsModel,
  matchWeights,
  type SafetensorsModel,
} from './safetensors/model.ts';
export {
  type BoardEvent,
  type BoardSetting,
  type BoardValue,
  encodeBoardEvent,
  encodeBoardHead,
} from './tensorboard/event.ts';
export type { WeightShape } from './weight-shape.ts';
