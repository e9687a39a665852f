import { fused, reshape, type serialization, type Tensor, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { ModelError } from '../errors.ts';
import { DropConnectDense, withMaskedKernel } from '../layers/noise/drop-connect.ts';

/** A model's last activation, which is applied to the logits; `linear` is none. */
export type HeadActivation = 'softmax' | 'sigmoid' | 'linear';

/** The last layer of a model; where that is a Rescaling, which changes the scale of logits, the layer before. */
export interface Head {
  readonly activation: HeadActivation;
  /** The names that lead to the last layer: `encoder/dense_1`. */
  readonly name: string;
  /** `Dense linear`, `Activation softmax`. */
  readonly kind: string;
}

/** Returns the head of a model of one output. */
export const headOf = (model: LayersModel): Head => {
  const end = endOf(model);
  if (isRescaling(end)) return { ...unscaled(end), activation: 'linear' };
  const { layer, kind } = end;
  if (isModelOfOneOutput(layer)) {
    const inner = headOf(layer);
    return { ...inner, name: `${layer.name}/${inner.name}` };
  }
  return { activation: strippable(layer, kind) ?? 'linear', name: layer.name, kind };
};

/**
 * Returns the part of a model before its last softmax or sigmoid, for a loss computed from logits; the model itself where it
 * ends in neither. It shares the layers and their variables: train either. Dispose only the original model.
 *
 * @param classifier A model of one output. Those that end in a softmax or sigmoid layer, or in a Dense layer with one of
 *   them, are cut before it.
 */
export const logitsModel = (classifier: LayersModel): LayersModel => {
  const { layer, kind, inputs } = endOf(classifier);
  const [input] = inputs;
  if (isModelOfOneOutput(layer)) {
    const inner = logitsModel(layer);
    return inner === layer ? classifier : endingIn(classifier, inner.apply([...inputs]) as SymbolicTensor);
  }
  if (strippable(layer, kind) === undefined) return classifier;
  if (!kind.startsWith('Dense ')) return endingIn(classifier, input!);
  return endingIn(classifier, new DenseLogits(layer).apply(input!) as SymbolicTensor);
};

/** With several outputs, it would not be known which one the outer model ends in. */
const isModelOfOneOutput = (layer: layers.Layer): layer is LayersModel =>
  layer instanceof LayersModel && layer.outputs.length === 1;

interface End {
  readonly layer: layers.Layer;
  readonly kind: string;
  readonly inputs: readonly SymbolicTensor[];
}

const isRescaling = ({ layer }: End): boolean => layer.getClassName() === 'Rescaling';

/** Returns the name and the kind of the layer before a Rescaling, or before several. */
const unscaled = (end: End): Pick<Head, 'name' | 'kind'> => {
  if (isRescaling(end)) return unscaled(sourceOf(end.inputs[0]!));
  return { name: end.layer.name, kind: end.kind };
};

/** The layer that a model's output comes from, and its inputs where it does. */
const endOf = ({ outputs }: LayersModel): End => sourceOf(outputs[0]!);

const sourceOf = ({ sourceLayer: layer, nodeIndex }: SymbolicTensor): End => {
  const { inputTensors } = layer.inboundNodes[nodeIndex]!;
  const activation = layer instanceof LayersModel ? undefined : layer.getConfig()['activation'];
  const className = layer instanceof DropConnectDense ? 'Dense' : layer.getClassName();
  return {
    layer,
    kind: className === 'Softmax' ? 'Activation softmax' : `${className} ${activation ?? 'linear'}`,
    inputs: inputTensors,
  };
};

const strippable = (layer: layers.Layer, kind: string): 'softmax' | 'sigmoid' | undefined => {
  // Over another axis than the last, it is no softmax over classes.
  if (layer.getClassName() === 'Softmax' && !isOverLastAxis(layer)) return undefined;
  const [, activation] = /^(?:Activation|Dense) (softmax|sigmoid)$/.exec(kind) ?? [];
  return activation as 'softmax' | 'sigmoid' | undefined;
};

const isOverLastAxis = (layer: layers.Layer): boolean => {
  const axis = layer.getConfig()['axis'] as number;
  return axis === -1 || axis === layer.inboundNodes[0]!.outputTensors[0]!.rank - 1;
};

const endingIn = (classifier: LayersModel, outputs: SymbolicTensor): LayersModel =>
  model({ name: `${classifier.name}_logits`, inputs: classifier.inputs, outputs });

/** A Dense layer's output [..., units] before its activation, from that layer's own variables. */
class DenseLogits extends layers.Layer {
  static readonly className = 'DenseLogits';
  readonly #dense: layers.Layer;

  constructor(dense: layers.Layer) {
    super({ name: `${dense.name}_logits` });
    this.#dense = dense;
    this.supportsMasking = dense.supportsMasking;
    this.trainableWeights = dense.trainableWeights;
    this.nonTrainableWeights = dense.nonTrainableWeights;
  }

  override computeOutputShape(inputShape: (number | null)[]): (number | null)[] {
    return this.#dense.computeOutputShape(inputShape) as (number | null)[];
  }

  override call(inputs: Tensor | Tensor[], kwargs: { training?: boolean }): Tensor {
    return tidy(() => {
      const [kernel, bias] = withMaskedKernel(this.#dense, kwargs.training, () =>
        this.#dense.weights.map((weight) => weight.read()),
      );
      const input = Array.isArray(inputs) ? inputs[0]! : inputs;
      const features = input.shape.at(-1)!;
      const rows = (input.rank === 2 ? input : reshape(input, [-1, features])) as Tensor2D;
      const product = fused.matMul({ a: rows, b: kernel as Tensor2D, ...(bias && { bias }) });
      return input.rank === 2
        ? product
        : reshape(product, [...input.shape.slice(0, -1), product.shape.at(-1)!]);
    });
  }

  /** @throws ModelError always: save the model that owns the weights. */
  override getConfig(): serialization.ConfigDict {
    throw new ModelError(`${this.name}: save the model that it was derived from instead`);
  }
}
