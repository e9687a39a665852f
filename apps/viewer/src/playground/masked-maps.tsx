import type { LayerMap, MaskedMap, ModelDropout } from '../shared/compute/playground.ts';
import { decimal, percent } from '../shared/format.ts';
import { MapTiles } from './map-tiles.tsx';
import { highest, keptFraction } from './mask-statistics.ts';
import type { Passes } from './use-passes.ts';
import './masked-maps.css';

interface MaskedMapsProps {
  readonly passes: Passes;
  /** Undefined before the model is open. */
  readonly dropout: ModelDropout | undefined;
}

/** The output of each convolution, and beside it the input of the dropout behind it, under its mask. */
export const MaskedMaps = ({ passes: { plain, masked }, dropout }: MaskedMapsProps) => {
  const featureMaps = plain.value?.featureMaps ?? [];
  const maskedMaps = masked.value?.maskedMaps ?? [];
  const after = (convolution: string | undefined) =>
    maskedMaps
      .filter((map) => map.after === convolution)
      .map((map) => (
        <MapTiles key={map.layer} map={map} caption={captionOfMasked(map)} isCurrent={masked.isCurrent} />
      ));
  return (
    <section class="block" aria-labelledby="masked-maps-title">
      <h2 id="masked-maps-title">Feature maps and masks</h2>
      <p class="muted small">
        {masked.value === undefined
          ? 'Loading the model …'
          : `What each convolution gives for the picture; the brightest point of a layer is white. ${aboutMasks(maskedMaps, dropout)}`}
      </p>
      <div class="masked-maps">
        {after(undefined)}
        {featureMaps.map((map) => [
          <MapTiles
            key={map.layer}
            map={map}
            caption={captionOf(map)}
            isCurrent={plain.isCurrent}
            beginsRow={maskedMaps.some(({ after }) => after === map.layer)}
          />,
          ...after(map.layer),
        ])}
      </div>
    </section>
  );
};

const aboutMasks = (maskedMaps: readonly MaskedMap[], dropout: ModelDropout | undefined): string => {
  if (maskedMaps.length > 0)
    return 'Where dropout follows, what it is given in the first pass, with its mask over it: brown units are dropped.';
  return dropout?.isAdjustable === false
    ? 'This model has no dropout layers.'
    : 'At rate 0 nothing is dropped.';
};

const captionOf = ({ layer, shape }: LayerMap): string =>
  `${layer}: ${shape[2]} maps of ${shape[0]} × ${shape[1]}`;

const captionOfMasked = (map: MaskedMap): string =>
  `${map.layer}: ${percent(keptFraction(map), 1)} kept of ${map.mask.length}, and multiplied by ${decimal(highest(map.mask), 2)}`;
