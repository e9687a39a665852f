import type { LayerInput, LayerKind } from '@dropout-lab/contracts';
import { InterchangeError } from '../errors.ts';
import { isObject, type JsonObject, ownValue, readKerasObject, requireOneOf, shown } from '../objects.ts';
import { type KerasLayer, type KerasPlaces, kerasLayers } from './layers.ts';
import type { KerasNode } from './nodes.ts';

/** The layers of Keras that are an activation of ours, with the arguments for which they are. */
const activationLayers: Readonly<
  Record<string, { readonly activation: string; readonly arguments: JsonObject }>
> = {
  ReLU: { activation: 'relu', arguments: { max_value: null, negative_slope: 0, threshold: 0 } },
  // `alpha` in Keras 2 and TensorFlow.js.
  LeakyReLU: { activation: 'leaky_relu', arguments: { negative_slope: 0.2, alpha: 0.2 } },
  ELU: { activation: 'elu', arguments: { alpha: 1 } },
  Softmax: { activation: 'softmax', arguments: { axis: -1 } },
};

/** The layers of ours that a model.json has under names of their own, with the class of Keras's that they are in prediction. */
const dropConnectLayers: Readonly<Record<string, string>> = {
  DropConnectConv2D: 'Conv2D',
  DropConnectDense: 'Dense',
};

/** Arguments that say nothing about what the layer computes in prediction, or that are read elsewhere. */
const isWithoutEffect = (key: string): boolean =>
  // The momentum of a renormalization that must be off, which Keras 3.15 writes for each batch normalization.
  ['name', 'trainable', 'dtype', 'seed', 'renorm_momentum'].includes(key) || key.endsWith('_initializer');

/** The layers of Keras that give their input on as it is, but while a model is trained. */
const trainingLayers: readonly string[] = [
  'RandomFlip',
  'RandomRotation',
  'RandomZoom',
  'RandomTranslation',
  'RandomContrast',
  'RandomBrightness',
  'ActivityRegularization',
  'Identity',
];

/** Whether a layer, or all within it, does nothing in prediction. */
export const isForTraining = (
  { name, className, config }: Omit<KerasNode, 'inputs'>,
  where: string,
): boolean => {
  if (className !== 'Sequential') return trainingLayers.includes(className);
  const { layers } = config;
  return (
    Array.isArray(layers) &&
    layers.every((layer: unknown) => {
      const inner = readKerasObject(layer, `${where}: ${shown(name)}`).className;
      return inner === 'InputLayer' || trainingLayers.includes(inner);
    })
  );
};

/**
 * Reads a layer of Keras as one of ours.
 *
 * @param note Is called with a sentence for each argument that is left out.
 * @throws InterchangeError naming the class, or the argument, that dropout-lab lacks.
 */
export const readLayer = (
  { name, className, config }: KerasNode,
  where: string,
  note: (text: string) => void,
): LayerInput => {
  const place = `${where}: ${shown(name)} (${className})`;
  requireFloat32(config['dtype'], place);
  if (config['trainable'] === false) note(`${place}: it is frozen in Keras, which matters only for training`);
  const alias = ownValue(activationLayers, className);
  if (alias !== undefined) {
    for (const [key, value] of Object.entries(config)) {
      if (isWithoutEffect(key)) continue;
      requireOneOf(
        value,
        Object.hasOwn(alias.arguments, key) ? [alias.arguments[key]] : [null, false],
        `${place}: ${key}`,
      );
    }
    return { kind: 'activation', activation: alias.activation as 'relu' };
  }
  const plain = ownValue(dropConnectLayers, className);
  if (plain !== undefined) {
    const { drop_connect: dropConnect, ...others } = config;
    const layer = readLayer({ name, className: plain, config: others, inputs: [] }, where, note);
    return { ...layer, dropConnect } as LayerInput;
  }
  const found = Object.entries(kerasLayers).find(
    ([kind, layer]) => kind !== 'residual' && layer.className === className,
  );
  if (found === undefined) {
    const known = Object.values(kerasLayers).map((layer) => layer.className);
    throw new InterchangeError(
      `${place}: expected one of the layers ${[...known, ...Object.keys(activationLayers)].join(', ')}, found ${shown(className)}: dropout-lab has nothing like it`,
    );
  }
  const [kind, { settings, fixed }] = found as [LayerKind, KerasLayer<object>];
  const places = Object.entries(settings as KerasPlaces).flatMap(([setting, place]) =>
    place === null ? [] : [{ setting, key: place[0], codec: place[1] }],
  );
  const keys = new Set(places.map(({ key }) => key));
  for (const [key, value] of Object.entries(config)) {
    if (keys.has(key) || isWithoutEffect(key)) continue;
    requireOneOf(value, ownValue(fixed, key) ?? [null, false], `${place}: ${key}`);
  }
  const read = places.flatMap(({ setting, key, codec }) => {
    if (!(key in config)) return [];
    const value = codec.read(config[key], `${place}: ${key}`, note);
    return value === undefined ? [] : [[setting, value]];
  });
  return { kind, ...Object.fromEntries(read) } as LayerInput;
};

/** The type of numbers by its name, or as a policy of that name. */
const requireFloat32 = (dtype: unknown, where: string): void => {
  const named = isObject(dtype) && isObject(dtype['config']) ? dtype['config']['name'] : dtype;
  if (named === undefined || named === null || named === 'float32') return;
  throw new InterchangeError(
    `${where}: dtype: expected float32, found ${shown(named)}: load the model with float32 as its policy, and save it again`,
  );
};
