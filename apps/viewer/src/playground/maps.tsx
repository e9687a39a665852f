import { useMemo } from 'preact/hooks';
import type { LayerMap } from '../shared/compute/playground.ts';
import { PixelCanvas } from '../shared/controls/pixel-canvas.tsx';
import { type Mosaic, mosaicOf } from './mosaic.ts';
import './maps.css';

/** Returns the number of tiles in a row with which the mosaic is about twice as wide as high. */
const columnsFor = ({ shape }: LayerMap): number => {
  const channels = shape.at(-1)!;
  return Math.max(1, Math.round(Math.sqrt(2 * channels)));
};

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

const MapView = ({ map, caption }: { readonly map: LayerMap; readonly caption: string }) => {
  const { width, height, pixels } = useMemo(() => {
    const mosaic = mosaicOf(map, columnsFor(map));
    return { ...mosaic, pixels: greys(mosaic) };
  }, [map]);
  return (
    <figure>
      <PixelCanvas class="pixels" width={width} height={height} pixels={pixels} label={caption} />
      <figcaption>{caption}</figcaption>
    </figure>
  );
};

/** Returns RGBA from dark to light, transparent between tiles. */
const greys = ({ levels }: Mosaic): Uint8ClampedArray<ArrayBuffer> => {
  const rgba = new Uint8ClampedArray(4 * levels.length);
  for (let i = 0; i < levels.length; i++) {
    if (Number.isNaN(levels[i])) continue;
    const [dark, light] = [
      [18, 30, 48],
      [255, 246, 214],
    ] as const;
    for (let c = 0; c < 3; c++) rgba[4 * i + c] = dark[c]! + levels[i]! * (light[c]! - dark[c]!);
    rgba[4 * i + 3] = 255;
  }
  return rgba;
};
