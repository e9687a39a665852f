import type { ActivationName } from '@dropout-lab/contracts';
import type { Builder } from './builder.ts';

/** Writes the operators of an activation, and returns the name of its output. */
type Write = (builder: Builder, x: string) => string;

/** An operator of its own. */
const operator =
  (name: string, attributes: Readonly<Record<string, { readonly float: number }>> = {}): Write =>
  (builder, x) =>
    builder.node(name, [x], attributes);

/** x / 2 * (1 + of(x)): the forms of GELU, which is an operator only from opset 20 on. */
const halfOf =
  (of: (builder: Builder, x: string, number: (name: string, value: number) => string) => string): Write =>
  (builder, x) => {
    const number = (name: string, value: number) => builder.constant(name, [], [value]);
    const sum = builder.node('Add', [of(builder, x, number), number('one', 1)]);
    return builder.node('Mul', [builder.node('Mul', [x, number('half', 0.5)]), sum]);
  };

/** The activations by operators of opset 17. */
export const onnxActivations: { readonly [Name in ActivationName]: Write } = {
  linear: (_, x) => x,
  relu: operator('Relu'),
  // The channels are the second axis, of images and of what is flat.
  softmax: (builder, x) => builder.node('Softmax', [x], { axis: 1 }),
  leaky_relu: operator('LeakyRelu', { alpha: { float: 0.2 } }),
  elu: operator('Elu', { alpha: { float: 1 } }),
  selu: operator('Selu', { alpha: { float: 1.6732632423543772 }, gamma: { float: 1.0507009873554805 } }),
  silu: (builder, x) => builder.node('Mul', [x, builder.node('Sigmoid', [x])]),
  gelu: halfOf((builder, x, number) =>
    builder.node('Erf', [builder.node('Mul', [x, number('root', Math.SQRT1_2)])]),
  ),
  gelu_approximate: halfOf((builder, x, number) => {
    const cube = builder.node('Mul', [builder.node('Mul', [x, x]), x]);
    const inner = builder.node('Add', [x, builder.node('Mul', [cube, number('cubic', 0.044715)])]);
    return builder.node('Tanh', [builder.node('Mul', [inner, number('scale', Math.sqrt(2 / Math.PI))])]);
  }),
  softplus: operator('Softplus'),
  tanh: operator('Tanh'),
};
