import type { NamedArray } from '@dropout-lab/contracts';
import { useMemo } from 'preact/hooks';
import { PixelCanvas } from '../shared/controls/pixel-canvas.tsx';
import { withAlpha } from '../shared/images/pixels.ts';
import { KERNEL } from './kernels.ts';
import './filters.css';

/** The filters of the first layer as images. */
export const Filters = ({
  arrays,
  channels,
}: {
  readonly arrays: readonly NamedArray[];
  /** Channels of the images, and so of the first layer's filters. */
  readonly channels: number;
}) => {
  const kernel = arrays.find(
    ({ name, shape }) => KERNEL.test(name) && shape.length === 4 && shape[2] === channels,
  );
  if (!kernel) return null;
  const filters = kernel.shape[3]!;
  return (
    <div>
      <h3>{`${filters} filters of the first layer`}</h3>
      <div class="filters">
        {Array.from({ length: filters }, (_, f) => (
          <FilterTile key={f} kernel={kernel} filter={f} />
        ))}
      </div>
    </div>
  );
};

interface FilterTileProps {
  /** [height, width, channels, filters]. */
  readonly kernel: NamedArray;
  readonly filter: number;
}

/** A filter in colour, or in grey for grey images: middle grey is a weight of 0, others are brighter or darker. */
const FilterTile = ({ kernel, filter }: FilterTileProps) => {
  const [height, width, channels, filters] = kernel.shape as [number, number, number, number];
  const pixels = useMemo(() => {
    const weights = Float32Array.from(
      { length: height * width * channels },
      (_, i) => kernel.values[i * filters + filter]!,
    );
    const largest = Math.max(...weights.map(Math.abs), 1e-12);
    return withAlpha({
      pixels: Uint8Array.from(weights, (w) => Math.round(127.5 * (1 + w / largest))),
      channels,
    });
  }, [kernel, filter]);
  return <PixelCanvas width={width} height={height} pixels={pixels} label={`filter ${filter}`} />;
};
