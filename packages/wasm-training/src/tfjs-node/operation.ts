import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';

/** An attribute of a TensorFlow operation, as the addon of tfjs-node takes it. */
export interface NativeAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** The part of tfjs-node's backend that kernels use; its own type leaves some of it out. */
export interface NativeBackend {
  readonly binding: Readonly<
    Record<'TF_ATTR_TYPE' | 'TF_ATTR_INT' | 'TF_ATTR_STRING' | 'TF_ATTR_BOOL' | 'TF_FLOAT', number>
  >;
  executeSingleOutput(
    operation: string,
    attributes: readonly NativeAttribute[],
    inputs: readonly TensorInfo[],
  ): Tensor;
  executeMultipleOutputs(
    operation: string,
    attributes: readonly NativeAttribute[],
    inputs: readonly TensorInfo[],
    count: number,
  ): Tensor[];
}

/** Makes the attributes of an operation on float32 tensors. */
export const attributesFor = ({ binding }: NativeBackend) => ({
  float32: { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
  ints: (name: string, value: readonly number[]) => ({ name, type: binding.TF_ATTR_INT, value }),
  string: (name: string, value: string) => ({ name, type: binding.TF_ATTR_STRING, value }),
  boolean: (name: string, value: boolean) => ({ name, type: binding.TF_ATTR_BOOL, value }),
});

/** Chooses oneDNN's kernel of an `_MklNative` operation: TensorFlow registers those under this label only. */
export const oneDnnKernel = (backend: NativeBackend): NativeAttribute =>
  attributesFor(backend).string('_kernel', 'MklNameChangeOp');
