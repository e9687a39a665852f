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
      const best = probabilities.indexOf(Math.max(...probabilities));
      const isShown = i < shown;
      const says = `${classNames[best]} ${percent(probabilities[best], 0)}`;
      return (
        <button
          key={i}
          type="button"
          // The slider does the same by keyboard.
          tabIndex={-1}
          class={isShown ? (i === shown - 1 ? 'now' : undefined) : 'waiting'}
          aria-label={isShown ? `Network ${i + 1}: ${says}` : `Network ${i + 1}, not played yet`}
          title={isShown ? says : undefined}
          onClick={() => onShow(i + 1)}
        >
          <MaskTile mask={networks.masks[i]!} shape={networks.shape} />
          <span>{isShown ? classNames[best] : ' '}</span>
        </button>
      );
    })}
  </div>
);

const DARK = [122, 58, 20] as const;
const LIGHT = [232, 234, 237] as const;

/** The mask over the first map; the others have masks of their own. */
const MaskTile = ({
  mask,
  shape,
}: {
  readonly mask: Uint8Array;
  readonly shape: MaskedNetworks['shape'];
}) => {
  const [height, width, maps] = shape;
  const pixels = useMemo(() => {
    const rgba = new Uint8ClampedArray(4 * height * width);
    for (let i = 0; i < height * width; i++) rgba.set([...(mask[i * maps] ? LIGHT : DARK), 255], 4 * i);
    return rgba;
  }, [mask]);
  return <PixelCanvas class="pixels" width={width} height={height} pixels={pixels} label="mask" />;
};
