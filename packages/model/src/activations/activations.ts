import type { ActivationName } from '@dropout-lab/contracts';
import { leakyRelu, serialization, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { register } from '../registered.ts';
import { gelu, geluApproximate } from './gelu.ts';
import { selu } from './selu.ts';
import { silu } from './silu.ts';

/** `keras.activations.leaky_relu`'s default; LeakyReLU of a layer of its own has .3. */
const NEGATIVE_SLOPE = 0.2;

/**
 * Registers a function as an activation, so that layers and model.json files can name it. One under a stock name takes the
 * stock one's place.
 */
const registerActivation = (className: string, apply: (x: Tensor) => Tensor): void => {
  class Activation extends serialization.Serializable {
    static readonly className = className;

    apply(x: Tensor): Tensor {
      return tidy(() => apply(x));
    }

    override getConfig(): serialization.ConfigDict {
      return {};
    }
  }
  register(Activation);
};

registerActivation('leakyRelu', (x) => leakyRelu(x, NEGATIVE_SLOPE));
registerActivation('selu', selu);
registerActivation('silu', silu);
registerActivation('gelu', gelu);
registerActivation('geluApproximate', geluApproximate);

/** TensorFlow.js's name of each activation: model.json has it in snake case, as Keras does. */
export const stockActivations = {
  linear: 'linear',
  relu: 'relu',
  softmax: 'softmax',
  leaky_relu: 'leakyRelu',
  elu: 'elu',
  selu: 'selu',
  silu: 'silu',
  gelu: 'gelu',
  gelu_approximate: 'geluApproximate',
  softplus: 'softplus',
  tanh: 'tanh',
} as const satisfies { readonly [Name in ActivationName]: string };
