import { useMemo } from 'preact/hooks';
import type { MaskedLayer } from '../../shared/compute/lesson.ts';
import { PixelCanvas } from '../../shared/controls/pixel-canvas.tsx';
import { mapPixels } from './units.ts';
import '../../shared/controls/tiles.css';
import './map-strip.css';

interface MapStripProps {
  readonly layer: MaskedLayer;
  readonly map: number;
  readonly onMap: (map: number) => void;
}

/** All maps of the layer under their mask, to choose from. */
export const MapStrip = ({ layer, map, onMap }: MapStripProps) => (
  // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
  <div class="tiles map-strip" role="group" aria-label="Maps of the layer">
    {Array.from({ length: layer.shape[2] }, (_, i) => (
      <button key={i} type="button" aria-pressed={i === map} onClick={() => onMap(i)}>
        <MaskedMap layer={layer} map={i} />
      </button>
    ))}
  </div>
);

const MaskedMap = ({ layer, map }: { readonly layer: MaskedLayer; readonly map: number }) => {
  const [height, width] = layer.shape;
  const pixels = useMemo(() => mapPixels(layer, map, 'product'), [layer, map]);
  return (
    <PixelCanvas class="pixels" width={width} height={height} pixels={pixels} label={`map ${map + 1}`} />
  );
};
