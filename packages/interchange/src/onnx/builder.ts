import { create, type MessageInitShape } from '@bufbuild/protobuf';
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataType as DataType,
  type GraphProtoSchema,
  TensorProtoSchema,
} from './onnx_pb.ts';

/** A whole number, whole numbers, or a float with its mark, as an operator takes them. */
type Attribute = number | readonly number[] | { readonly float: number };

/** The part of a graph that grows as layers are written. */
export interface Builder {
  /** Adds an operator of one output, and returns that output's name. */
  readonly node: (
    operator: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, Attribute>>,
  ) => string;
  /** Adds an array of float32, and returns its name. */
  readonly constant: (name: string, shape: readonly number[], values: ArrayLike<number>) => string;
}

/** The operators and arrays of a graph. */
export type Nodes = Required<Pick<MessageInitShape<typeof GraphProtoSchema>, 'node' | 'initializer'>>;

/** Returns a builder and the lists that it fills. Names begin with that of the layer that `named` returns. */
export const createBuilder = (named: () => string): { builder: Builder; nodes: Nodes } => {
  const nodes = { node: [] as object[], initializer: [] as object[] };
  const counts = new Map<string, number>();
  const unique = (name: string): string => {
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    return count === 0 ? name : `${name}_${count}`;
  };
  const builder: Builder = {
    node: (opType, input, attributes = {}) => {
      const name = unique(`${named()}/${opType}`);
      const attribute = Object.entries(attributes).map(([key, value]) => attributeOf(key, value));
      nodes.node.push({ name, opType, input: [...input], output: [name], attribute });
      return name;
    },
    constant: (own, shape, values) => {
      const name = unique(`${named()}/${own}`);
      const rawData = new Uint8Array(values.length * 4);
      const view = new DataView(rawData.buffer);
      for (let i = 0; i < values.length; i++) view.setFloat32(4 * i, values[i]!, true);
      const dims = shape.map(BigInt);
      nodes.initializer.push(create(TensorProtoSchema, { name, dims, dataType: DataType.FLOAT, rawData }));
      return name;
    },
  };
  return { builder, nodes: nodes as Nodes };
};

const attributeOf = (name: string, value: Attribute) => {
  if (typeof value === 'number') {
    return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value) });
  }
  if ('float' in value) {
    return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value.float });
  }
  return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: value.map(BigInt) });
};
