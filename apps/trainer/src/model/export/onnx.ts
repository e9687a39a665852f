import { encodeOnnxModel } from '@dropout-lab/interchange';
import { modelSpecOf } from '@dropout-lab/model';
import type { RunToExport, WrittenFile } from './format.ts';
import { refused } from './refused.ts';

/** The model for prediction, by the operators of ONNX's opset 17. */
export const writeOnnx = async ({ run, checkpoint }: RunToExport): Promise<WrittenFile> => {
  const { snapshot } = await run.loadCheckpoint(checkpoint);
  const { config, classNames } = run.manifest;
  const spec = modelSpecOf(config);
  const layout = spec.dataFormat === 'channels_last' ? 'height, width, channels' : 'channels, height, width';
  return {
    content: await refused(async () => encodeOnnxModel(snapshot.weights, spec, classNames)),
    use: `in onnxruntime, it takes images, float32 [batch, ${layout}] from 0 to 1 (opset 17)`,
  };
};
