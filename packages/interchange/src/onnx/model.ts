import { create, toBinary } from '@bufbuild/protobuf';
import type { ModelSpec, NamedArray } from '@dropout-lab/contracts';
import { type Operation, operationsOf } from '../graph/graph.ts';
import { requireFinite } from '../require-finite.ts';
import { createBuilder } from './builder.ts';
import { channelsFirst, type OnnxContext, onnxLayers } from './layers.ts';
import { TensorProto_DataType as DataType, ModelProtoSchema } from './onnx_pb.ts';

/**
 * The first version of ONNX's operators that has LayerNormalization, of 2022; GELU is written by older ones. Converters and
 * runtimes lag years behind the newest.
 */
const OPSET = 17n;
/** The version of the file's format that came with it. */
const IR_VERSION = 8n;

/** Names of ONNX models' inputs and outputs. */
const INPUT = 'images';
const BATCH = 'batch';

/**
 * Writes a model as an ONNX model of opset 17, by standard operators alone.
 *
 * Input: `images`, float32 [batch, height, width, channels], or [batch, channels, height, width] when the spec says
 * `channels_first`, pixels from 0 to 1. Output: `probabilities`, or `logits` when the last layer has no softmax, float32 [batch,
 * classes]. The batch may have any size. Dropout and noise are not there. The names of the classes are in the metadata.
 *
 * @param weights The weights of `readWeights` or of a checkpoint.
 * @param spec The spec that the model was built from.
 * @throws InterchangeError when a weight is not finite.
 */
export const encodeOnnxModel = (
  weights: readonly NamedArray[],
  spec: ModelSpec,
  classNames: readonly string[],
): Uint8Array => {
  requireFinite(weights, 'ONNX');
  const byName = new Map(weights.map((array) => [array.name, array]));
  const operations = operationsOf(spec);
  const shapes = new Map(operations.map(({ name, shape }) => [name, shape]));
  let current = '';
  const { builder, nodes } = createBuilder(() => current);
  const outputs = new Map<string, string>();
  for (const { name, settings, inputs } of operations) {
    current = name;
    const write = onnxLayers[settings.kind] as (
      settings: Operation['settings'],
      context: OnnxContext,
    ) => string;
    // An image of channels last becomes one of channels first, and one of channels first is what the permutation gives.
    const taken = settings.kind === 'input' ? [entry(spec, builder)] : inputs.map((one) => outputs.get(one)!);
    const from = settings.kind === 'input' ? spec.inputShape : shapes.get(inputs[0]!)!;
    const context = {
      builder,
      inputs: taken,
      from,
      weight: (variable: string) => byName.get(`${name}/${variable}`),
    };
    outputs.set(name, write(settings, context));
  }
  const output = endsInProbabilities(spec) ? 'probabilities' : 'logits';
  nodes.node.at(-1)!.output = [output];
  const tensor = (name: string, shape: readonly number[]) => ({
    name,
    type: {
      value: {
        case: 'tensorType' as const,
        value: { elemType: DataType.FLOAT, shape: { dim: [parameter(BATCH), ...shape.map(fixed)] } },
      },
    },
  });
  const metadata = { class_names: JSON.stringify(classNames), pixels: 'float32, byte / 255' };
  const model = create(ModelProtoSchema, {
    irVersion: IR_VERSION,
    producerName: 'dropout-lab',
    opsetImport: [{ domain: '', version: OPSET }],
    graph: {
      ...nodes,
      name: 'convnet',
      input: [tensor(INPUT, operations[0]!.shape)],
      output: [tensor(output, [spec.numClasses])],
    },
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  });
  return toBinary(ModelProtoSchema, model);
};

const entry = ({ dataFormat }: ModelSpec, builder: ReturnType<typeof createBuilder>['builder']): string =>
  dataFormat === 'channels_last' ? channelsFirst(builder, INPUT) : INPUT;

const parameter = (name: string) => ({ value: { case: 'dimParam' as const, value: name } });
const fixed = (length: number) => ({ value: { case: 'dimValue' as const, value: BigInt(length) } });

const endsInProbabilities = ({ layers }: ModelSpec): boolean => {
  const last = layers.at(-1)!;
  return 'activation' in last && last.activation === 'softmax';
};
