import { channelsChart } from '@dropout-lab/charts';
import { useCallback } from 'preact/hooks';
import { Drawing } from '../shared/charts/drawing.tsx';
import type { LayerMap } from '../shared/compute/playground.ts';
import './map-tiles.css';

interface MapsProps {
  readonly title: string;
  readonly about: string;
  readonly maps: readonly LayerMap[];
  /** Whether they are those of the picture that is shown. */
  readonly isCurrent: boolean;
  readonly captionOf: (map: LayerMap) => string;
}

/** Layers as tiles, each with its caption. */
export const Maps = ({ title, about, maps, isCurrent, captionOf }: MapsProps) => (
  <section class="block" aria-label={title}>
    <h2>{title}</h2>
    <p class="muted small">{about}</p>
    <div class="maps" aria-busy={!isCurrent}>
      {maps.map((map) => (
        <MapView key={map.layer} map={map} caption={captionOf(map)} />
      ))}
    </div>
  </section>
);

const MapView = ({ map, caption }: { readonly map: LayerMap; readonly caption: string }) => (
  <figure>
    <Drawing draw={useCallback((width) => channelsChart(map, { width, label: caption }), [map, caption])} />
    <figcaption>{caption}</figcaption>
  </figure>
);
