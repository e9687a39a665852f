import type { LayerInput } from '@dropout-lab/contracts';

/** Of what is multiplied by less, hardly anything would be left of pixels from 0 to 1. */
const LARGEST_SCALE_OF_BYTES = 1 / 64;

/**
 * Returns the layers of another program's model for pixels from 0 to 1, and a sentence on its pixels. One that begins with a
 * scaling of bytes, such as Rescaling(1 / 255), which Keras's own tutorials have, would scale them twice: its first layer gets
 * the settings that make the same numbers of them.
 *
 * @param where The file, for the sentence.
 */
export const forUnitPixels = (
  layers: readonly LayerInput[],
  where: string,
): { readonly layers: LayerInput[]; readonly note: string } => {
  const [first, ...others] = layers;
  const converted = first && ofUnits(first);
  return converted
    ? {
        layers: [converted, ...others],
        note: `${where}: its first layer takes bytes, 0 to 255: it was changed to take pixels from 0 to 1, as here`,
      }
    : {
        layers: [...layers],
        note: `${where}: it does not say which pixels it takes: here they are float32 from 0 to 1, and one that takes others gives other answers`,
      };
};

const ofUnits = (layer: LayerInput): LayerInput | undefined => {
  if (layer.kind === 'rescaling') {
    const { scale = 1 } = layer;
    return scale > 0 && scale <= LARGEST_SCALE_OF_BYTES ? { ...layer, scale: 255 * scale } : undefined;
  }
  if (layer.kind !== 'normalization') return undefined;
  const { mean, variance } = layer;
  if (![mean].flat().some((number) => number > 1)) return undefined;
  return { ...layer, mean: divided(mean, 255), variance: divided(variance, 255 ** 2) };
};

const divided = (numbers: number | number[], by: number): number | number[] =>
  typeof numbers === 'number' ? numbers / by : numbers.map((number) => number / by);
