import { leafLayers } from '@dropout-lab/model';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { TrainingError } from '../errors.ts';

/** Layers that respect a mask in Keras, and not in TensorFlow.js. */
const respectMasksInKeras: ReadonlySet<string> = new Set(
  'Add Average BatchNormalization Concatenate ConvLSTM2D Dot GlobalAveragePooling1D Maximum Minimum Multiply Softmax'.split(
    ' ',
  ),
);

/**
 * @throws TrainingError for a model in which a mask reaches a layer that would count the steps of a sequence that the mask
 *   leaves out, or the output, where the loss would count them.
 */
export const requireNoMasks = (model: LayersModel): void => {
  const carriesMask = maskFinder();
  for (const { layer, path } of leafLayers(model)) {
    if (!respectMasksInKeras.has(layer.getClassName())) continue;
    if (!layer.inboundNodes.some(({ inputTensors = [] }) => inputTensors.some(carriesMask))) continue;
    throw new TrainingError(
      `model: ${path} (${layer.getClassName()}): expected an input without a mask, found one, which TensorFlow.js's layer ignores: put a recurrent layer with one output for each sequence before it`,
    );
  }
  const [output] = model.outputs;
  if (!carriesMask(output!)) return;
  throw new TrainingError(
    `model: expected an output without a mask, found one at ${output!.sourceLayer.name}: the loss would count the steps that it leaves out; output once for each sequence (returnSequences: false), or weight the steps in a loss of your own`,
  );
};

/** Returns whether a tensor of a model's graph has a mask. */
type MaskFinder = (tensor: SymbolicTensor) => boolean;

/** Looks at each tensor once, however many paths lead to it: every residual block doubles their number. */
const maskFinder = (): MaskFinder => {
  const known = new Map<number, boolean>();
  const carriesMask: MaskFinder = (tensor) => {
    const found = known.get(tensor.id) ?? comesWithMask(tensor, carriesMask);
    known.set(tensor.id, found);
    return found;
  };
  return carriesMask;
};

const comesWithMask = (
  { sourceLayer: layer, nodeIndex }: SymbolicTensor,
  carriesMask: MaskFinder,
): boolean => {
  const { maskZero } = layer.getConfig();
  if (layer.getClassName() === 'Masking' || maskZero === true) return true;
  if (!layer.supportsMasking) return false;
  const { returnSequences = true } = layer as { returnSequences?: boolean };
  return returnSequences && (layer.inboundNodes[nodeIndex]?.inputTensors ?? []).some(carriesMask);
};
