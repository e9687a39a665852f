import type { ModelDropout } from '../shared/compute/playground.ts';
import { decimal, percent } from '../shared/format.ts';
import { Maps } from './map-tiles.tsx';
import { highest, keptFraction } from './mask-statistics.ts';
import type { Passes } from './use-passes.ts';

interface LayerMapsProps {
  readonly passes: Passes;
  /** Undefined before the model is open. */
  readonly dropout: ModelDropout | undefined;
}

/** The masks of dropout, and the feature maps of each convolution. */
export const LayerMaps = ({ passes: { plain, masked }, dropout }: LayerMapsProps) => {
  const masks = masked.value?.masks ?? [];
  return (
    <>
      <Maps
        title="Masks of dropout"
        about={
          masked.value === undefined
            ? 'Loading the model …'
            : masks.length > 0
              ? 'The masks of the first pass: light units are kept, dark ones dropped, with a tile for each feature map.'
              : dropout?.isAdjustable === false
                ? 'This model has no dropout layers.'
                : 'At rate 0 nothing is dropped.'
        }
        maps={masks}
        isCurrent={masked.isCurrent}
        captionOf={(map) =>
          `${map.layer}: ${percent(keptFraction(map), 1)} kept of ${map.values.length}, and multiplied by ${decimal(highest(map.values), 2)}`
        }
      />
      <Maps
        title="Feature maps"
        about="The output of each convolution for the picture; the brightest point of a layer is white."
        maps={plain.value?.featureMaps ?? []}
        isCurrent={plain.isCurrent}
        captionOf={({ layer, shape }) => `${layer}: ${shape[2]} maps of ${shape[0]} × ${shape[1]}`}
      />
    </>
  );
};
