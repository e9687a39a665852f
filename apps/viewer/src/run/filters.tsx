import { filtersChart, firstKernel } from '@dropout-lab/charts';
import type { NamedArray } from '@dropout-lab/contracts';
import { useCallback } from 'preact/hooks';
import { Drawing } from '../shared/charts/drawing.tsx';

interface FiltersProps {
  readonly weights: readonly NamedArray[];
  /** Channels of the images, and so of the first layer's filters. */
  readonly channels: number;
}

/** The filters of the first layer as images. */
export const Filters = ({ weights, channels }: FiltersProps) => {
  const kernel = firstKernel(weights, channels);
  return kernel ? <KernelFilters kernel={kernel} /> : null;
};

const KernelFilters = ({ kernel }: { readonly kernel: NamedArray }) => (
  <div>
    <h3>{`${kernel.shape[3]} filters of the first layer`}</h3>
    <Drawing draw={useCallback((width) => filtersChart(kernel, { width }), [kernel])} />
  </div>
);
