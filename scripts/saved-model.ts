import { io } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** Returns the parts of the files that `model.save()` of TensorFlow.js writes, for tests of what reads them. */
export const savedModel = async (model: LayersModel) => {
  let saved: io.ModelArtifacts | undefined;
  await model.save(
    io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  const { modelTopology, weightSpecs, weightData, format, generatedBy } = saved!;
  return {
    described: { format, generatedBy, modelTopology },
    weightSpecs,
    bytes: new Uint8Array(weightData as ArrayBuffer),
  };
};
