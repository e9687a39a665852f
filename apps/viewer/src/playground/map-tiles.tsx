import { type Channels, channelsChart } from '@dropout-lab/charts';
import { useCallback } from 'preact/hooks';
import { Drawing } from '../shared/charts/drawing.tsx';

interface MapTilesProps {
  readonly map: Channels;
  readonly caption: string;
  /** Whether it is of the picture that is shown. */
  readonly isCurrent: boolean;
  /** Whether what follows belongs beside it. */
  readonly beginsRow?: boolean;
}

/** A layer as tiles, with its caption. */
export const MapTiles = ({ map, caption, isCurrent, beginsRow = false }: MapTilesProps) => (
  <figure aria-busy={!isCurrent} class={beginsRow ? 'begins-row' : undefined}>
    <Drawing draw={useCallback((width) => channelsChart(map, { width, label: caption }), [map, caption])} />
    <figcaption>{caption}</figcaption>
  </figure>
);
