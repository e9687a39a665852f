import { useMemo } from 'preact/hooks';
import type { MaskedNetworks } from '../../shared/compute/lesson.ts';
import { PixelCanvas } from '../../shared/controls/pixel-canvas.tsx';
import { percent } from '../../shared/format.ts';
import './network-tiles.css';

interface NetworkTilesProps {
  readonly networks: MaskedNetworks;
  readonly classNames: readonly string[];
  /** Number of those that have been played. */
  readonly shown: number;
  readonly onShow: (shown: number) => void;
}

/** A tile for each network: its mask, and the class that it says. */
export const NetworkTiles = ({ networks, classNames, shown, onShow }: NetworkTilesProps) => (
  <div class="network-tiles">
    {networks.probabilities.map((probabilities, i) => {
      const likeliest = probabilities.indexOf(Math.max(...probabilities));
      const isShown = i < shown;
      const says = `${classNames[likeliest]} ${percent(probabilities[likeliest], 0)}`;
      return (
        <button
          key={i}
          type="button"
          class={isShown ? (i === shown - 1 ? 'now' : undefined) : 'waiting'}
          aria-label={isShown ? `Network ${i + 1}: ${says}` : `Network ${i + 1}, not played yet`}
          title={isShown ? says : undefined}
          onClick={() => onShow(i + 1)}
        >
          <MaskTile mask={networks.masks[i]!} shape={networks.shape} />
          <span>{isShown ? classNames[likeliest] : ' '}</span>
        </button>
      );
    })}
  </div>
);

const DARK = [122, 58, 20] as const;
const LIGHT = [232, 234, 237] as const;

/** The mask of the first layer, its maps side by side. */
const MaskTile = ({
  mask,
  shape,
}: {
  readonly mask: Uint8Array;
  readonly shape: MaskedNetworks['shape'];
}) => {
  const [height, width, maps] = shape;
  const across = Math.ceil(Math.sqrt(maps));
  const [tileHeight, tileWidth] = [Math.ceil(maps / across) * height, across * width];
  const pixels = useMemo(() => {
    const rgba = new Uint8ClampedArray(4 * tileHeight * tileWidth);
    mask.forEach((kept, i) => {
      const [place, map] = [Math.floor(i / maps), i % maps];
      const row = Math.floor(map / across) * height + Math.floor(place / width);
      const at = 4 * (row * tileWidth + (map % across) * width + (place % width));
      rgba.set([...(kept ? LIGHT : DARK), 255], at);
    });
    return rgba;
  }, [mask]);
  return <PixelCanvas class="pixels" width={tileWidth} height={tileHeight} pixels={pixels} label="mask" />;
};
