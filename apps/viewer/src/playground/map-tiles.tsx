import { type Channels, channelsChart } from '@dropout-lab/charts';
import { useCallback } from 'preact/hooks';
import { Drawing } from '../shared/charts/drawing.tsx';

interface MapTilesProps {
  readonly map: Channels;
  readonly caption: string;
  /** Whether it is of the picture that is shown. */
  readonly isCurrent: boolean;
}

/** A layer as tiles, with its caption. */
export const MapTiles = ({ map, caption, isCurrent }: MapTilesProps) => (
  <figure aria-busy={!isCurrent}>
    <Drawing draw={useCallback((width) => channelsChart(map, { width, label: caption }), [map, caption])} />
    <figcaption>{caption}</figcaption>
  </figure>
);
