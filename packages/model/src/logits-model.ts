import { fused, type serialization, type Tensor, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { ModelError } from './errors.ts';

/**
 * The part of a classifier that ends before the softmax, for a loss computed from logits. It shares the layers
 * and their variables: train either. Dispose only the original model.
 *
 * @param classifier A model of one output that ends in a softmax layer, a Dense layer with softmax, or a Dense
 *   layer without activation (then its outputs are logits already, and it is returned as it is).
 * @throws ModelError when it ends otherwise.
 */
export const logitsModel = (classifier: LayersModel): LayersModel => {
  const last = classifier.layers.at(-1);
  const activation = last?.getConfig()['activation'];
  const kind = `${last?.getClassName()} ${activation}`;
  if (kind === 'Dense linear') return classifier;
  if (kind === 'Activation softmax' || last?.getClassName() === 'Softmax') {
    return endingIn(classifier, last!.input as SymbolicTensor);
  }
  if (kind === 'Dense softmax' && (last!.input as SymbolicTensor).rank === 2) {
    return endingIn(classifier, new DenseLogits(last!).apply(last!.input) as SymbolicTensor);
  }
  throw new ModelError(
    `logitsModel: expected a model that ends in a softmax Activation, or in a Dense layer of a rank 2 input with softmax or no activation, received one that ends in ${last ? `${last.name} (${kind})` : 'no layer'}: end the model in Dense and Activation('softmax')`,
  );
};

const endingIn = (classifier: LayersModel, outputs: SymbolicTensor): LayersModel =>
  model({ name: `${classifier.name}_logits`, inputs: classifier.inputs, outputs });

/** A Dense layer's output [batch, units] before its activation, from that layer's own variables. */
class DenseLogits extends layers.Layer {
  static readonly className = 'DenseLogits';
  readonly #dense: layers.Layer;

  constructor(dense: layers.Layer) {
    super({ name: `${dense.name}_logits` });
    this.#dense = dense;
    this.trainableWeights = dense.trainableWeights;
    this.nonTrainableWeights = dense.nonTrainableWeights;
  }

  override computeOutputShape(): (number | null)[] {
    return this.#dense.outputShape as (number | null)[];
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const [kernel, bias] = this.#dense.weights.map((weight) => weight.read());
      const input = (Array.isArray(inputs) ? inputs[0]! : inputs) as Tensor2D;
      return fused.matMul({ a: input, b: kernel as Tensor2D, ...(bias && { bias }) });
    });
  }

  /** @throws ModelError always: the model that owns the weights is the one to save. */
  override getConfig(): serialization.ConfigDict {
    throw new ModelError(`${this.name}: save the model that it was derived from instead`);
  }
}
