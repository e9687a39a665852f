import { type LayerKind, type ModelSpec, type NamedArray, variablesOf } from '@dropout-lab/contracts';
import { describeNotFinite, findNotFinite } from '@dropout-lab/model';
import { Dataset, type Group } from 'h5wasm';
import { KerasWeightsError } from '../errors.ts';
import { inKerasOrder, isLayer, operationsOf } from '../graph/graph.ts';
import type { WeightShape } from '../weight-shape.ts';
import { archived, isArchive, readArchived } from './archive.ts';
import { isHdf5, readHdf5, writeHdf5 } from './hdf5.ts';

/**
 * Writes the weights of a model of `buildModel` as a `.weights.h5` file, which `model.load_weights` of Keras 3 reads
 * into a model of the same layers, whatever their names.
 *
 * @param weights The weights of `readWeights` or of a checkpoint.
 * @param spec The spec that the model was built from.
 * @throws KerasWeightsError when a weight is not finite, or has a name that `buildModel` does not give.
 */
export const encodeKerasWeights = async (
  weights: readonly NamedArray[],
  spec: ModelSpec,
): Promise<Uint8Array> => {
  const paths = kerasPaths(weights, spec);
  requireFinite(weights, 'Keras weights');
  return writeHdf5((root) => {
    // Keras before 3.4 opens the model's own variables even though it has none.
    root.create_group('vars');
    root.create_group('layers');
    for (const layer of new Set(paths.map(layerOf))) root.create_group(layer).create_group('vars');
    weights.forEach(({ shape, values }, i) => {
      root.create_dataset({ name: paths[i]!, data: values, shape: [...shape] });
    });
  });
};

/**
 * Reads the weights in a file that Keras 3 saved, to the bit and under the names used here: from a `.weights.h5` file,
 * or from a `.keras` archive, and nothing else in it. Optimizer slots are left out. The file does not say which
 * activations, padding and the like the model has: for the same results as in Keras, `spec` must describe the same model.
 *
 * @param bytes The file's content.
 * @param model Names and shapes of the model's weights, as `readWeights` gives them.
 * @param spec The spec that the model was built from.
 * @param where The file's name, for errors.
 * @throws KerasWeightsError when the bytes are no such file, when weights are missing from it, of another shape, not
 *   float32 or not finite, or when it has weights that the model lacks.
 */
export const decodeKerasWeights = async (
  bytes: Uint8Array,
  model: readonly WeightShape[],
  spec: ModelSpec,
  where: string,
): Promise<NamedArray[]> => {
  const paths = kerasPaths(model, spec);
  const file = weightsFileIn(bytes, where);
  try {
    return await readHdf5(file, (root) => {
      requirePaths(root, paths, where);
      const weights = model.map((weight, i) => readWeight(root, paths[i]!, weight, where));
      requireFinite(weights, where);
      return weights;
    });
  } catch (error) {
    if (error instanceof KerasWeightsError) throw error;
    throw new KerasWeightsError(
      `${where}: expected an HDF5 file, found a damaged one: save it again in Keras, or copy it again`,
      { cause: error },
    );
  }
};

const requireFinite = (weights: readonly NamedArray[], where: string): void => {
  const notFinite = findNotFinite(weights);
  if (notFinite) throw new KerasWeightsError(`${where}: ${describeNotFinite(notFinite)}`);
};

/**
 * Returns the path of each weight in a file of Keras 3: `layers/<class>/vars/<index>`, with the class in snake case and
 * numbered from its second layer on, whatever the layers' names; the index is the variable's position in its layer.
 *
 * @see saving_lib.py of Keras, `_save_container_state`.
 */
const kerasPaths = (weights: readonly WeightShape[], spec: ModelSpec): string[] => {
  const counts = new Map<LayerKind, number>();
  const places = new Map<string, string>();
  for (const { name, settings } of inKerasOrder(operationsOf(spec))) {
    if (!isLayer(settings)) continue;
    const { kind } = settings;
    const place = counts.get(kind) ?? 0;
    counts.set(kind, place + 1);
    const group = place === 0 ? kind : `${kind}_${place}`;
    for (const [i, variable] of variablesOf(settings).entries()) {
      places.set(`${name}/${variable}`, `layers/${group}/vars/${i}`);
    }
  }
  return weights.map(({ name }) => {
    const place = places.get(name);
    if (place !== undefined) return place;
    throw new KerasWeightsError(
      `Keras weights: expected weights of the model's layers, such as ${[...places.keys()][0]}, received ${name}`,
    );
  });
};

const layerOf = (path: string): string => path.slice(0, path.indexOf('/vars/'));

const weightsFileIn = (bytes: Uint8Array, where: string): Uint8Array => {
  if (isHdf5(bytes)) return bytes;
  if (isArchive(bytes)) return readArchived(bytes, archived.weights, where);
  throw new KerasWeightsError(
    `${where}: expected a .weights.h5 or .keras file of Keras 3, found ${bytes.length} bytes that are neither HDF5 nor zip: save the model with model.save_weights('NAME.weights.h5')`,
  );
};

const requirePaths = (root: Group, expected: readonly string[], where: string): void => {
  const found = root.paths().filter((path) => /^layers\/.+\/vars\/\d+$/.test(path));
  if (found.length === 0) {
    throw new KerasWeightsError(
      `${where}: expected weights as Keras 3 saves them, found none under layers/: load the model of an older file in Keras 3 and save it with model.save_weights('NAME.weights.h5')`,
    );
  }
  const missing = expected.find((path) => !found.includes(path));
  const unknown = found.find((path) => !expected.includes(path));
  if (missing === undefined && unknown === undefined) return;
  throw new KerasWeightsError(
    `${where}: expected the ${expected.length} weights of a model of these layers (${listed(expected)}), found ${found.length}, ${missing === undefined ? `among them ${cut(unknown!)}` : `without ${missing}`} (${listed(found)}): describe the model that the file was saved from`,
  );
};

const MAX_LISTED = 12;

const listed = (names: readonly string[]): string =>
  names.length === 0
    ? 'nothing'
    : names.slice(0, MAX_LISTED).map(cut).join(', ') + (names.length > MAX_LISTED ? ', …' : '');

/** A name in a file may be as long as the file. */
const cut = (name: string): string => (name.length > 80 ? `${name.slice(0, 80)}…` : name);

const readWeight = (root: Group, path: string, { name, shape }: WeightShape, where: string): NamedArray => {
  const place = `${where}: ${path} (${name})`;
  const dataset = root.get(path);
  if (!(dataset instanceof Dataset)) throw new KerasWeightsError(`${place}: expected an array`);
  // Checked before the values are read, so that a file cannot ask for more memory than the model takes.
  if (`${dataset.shape}` !== `${shape}`) {
    throw new KerasWeightsError(
      `${place}: expected shape [${shape}], found [${dataset.shape}]: describe the model that the file was saved from`,
    );
  }
  if (dataset.dtype !== '<f') {
    throw new KerasWeightsError(
      `${place}: expected float32, found ${JSON.stringify(dataset.dtype)}: save it from a model of float32 weights`,
    );
  }
  requireStoredAsIs(dataset, place);
  return { name, shape: [...shape], values: dataset.value as Float32Array };
};

/**
 * HDF5 unpacks a chunk as a whole, whatever the array's size, and a filter to any length.
 *
 * @throws KerasWeightsError for what could take more memory than the array.
 */
const requireStoredAsIs = ({ filters, metadata }: Dataset, place: string): void => {
  const { chunks, virtual_sources: sources } = metadata;
  let found: string;
  if (filters.length > 0) found = `the filter ${cut(filters[0]!.name)}`;
  else if (chunks !== null) found = `chunks of [${chunks}]`;
  else if (sources !== undefined) found = 'those of other files';
  else return;
  throw new KerasWeightsError(
    `${place}: expected numbers one after the other, as Keras saves them, found ${found}: save the model again in Keras`,
  );
};
