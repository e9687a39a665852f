import {
  add,
  customGrad,
  engine,
  erf,
  exp,
  type GradSaveFunc,
  getBackend,
  getKernel,
  mul,
  type NamedTensorMap,
  neg,
  sigmoid,
  square,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { elementwise } from './elementwise.ts';

/** The height of the normal density at 0. */
const DENSITY = 1 / Math.sqrt(2 * Math.PI);

/**
 * GELU, `x * P(X <= x)` for a standard normal X (Hendrycks & Gimpel 2016), by the error function, as `keras.activations.gelu`.
 */
export const gelu = (x: Tensor): Tensor => (hasKernel(x) ? geluOfKernel(x) : geluOfOperations(x));

const geluOfOperations = elementwise(
  (x) => {
    const below = mul(0.5, add(1, erf(mul(x, Math.SQRT1_2))));
    return { value: mul(x, below), kept: [x, below] };
  },
  (x, below) => add(below!, mul(x!, mul(DENSITY, exp(mul(-0.5, square(x!)))))),
);

/** The kernel of one pass that the wasm backend has with `@dropout-lab/wasm-training`; that of its gradient ends in `Grad`. */
const GELU = 'Gelu';

const hasKernel = ({ dtype }: Tensor): boolean =>
  dtype === 'float32' && getKernel(GELU, getBackend()) !== undefined;

const run = (kernel: string, inputs: NamedTensorMap): Tensor => engine().runKernel(kernel, inputs);

const geluOfKernel = customGrad((...args) => {
  const [x, save] = args as unknown as [Tensor, GradSaveFunc];
  save([x]);
  return {
    value: run(GELU, { x }),
    gradFunc: (dy: Tensor, saved: Tensor[]) => run(`${GELU}Grad`, { dy, x: saved[0]! }),
  };
});

const LINEAR = 2 * Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

/** `2 * sqrt(2 / pi) * (x + power * 0.044715 * x^3)`; of power 3 it is x times the slope of the one of power 1. */
const bent = (x: Tensor, power: 1 | 3): Tensor => mul(mul(x, LINEAR), add(1, mul(power * CUBIC, square(x))));

/**
 * The approximation of {@link gelu} by tanh, `x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3)))`, as `keras.activations.gelu`
 * with `approximate=True`; computed as `x * sigmoid(2 * …)`, which is the same and loses no digits of negative x.
 */
export const geluApproximate = elementwise(
  (x) => {
    const passed = sigmoid(bent(x, 1));
    return { value: mul(x, passed), kept: [x, passed] };
  },
  // sigmoid(-b) is 1 - sigmoid(b), without the digits that the difference loses.
  (x, passed) => mul(passed!, add(1, mul(bent(x!, 3), sigmoid(neg(bent(x!, 1)))))),
);
