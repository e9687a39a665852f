import { ConfigError, type ModelSpec } from '@dropout-lab/contracts';
import { requireNoiseShape } from './noise-shape.ts';
import { numbered } from './numbered.ts';

/**
 * Walks an image through the convolution blocks, on paper.
 *
 * @throws ConfigError when a feature map is smaller than the window that should slide over it, or the noise
 *   shape does not fit the map that it masks.
 */
export const requireFeatureMaps = (spec: ModelSpec): void => {
  const { inputShape, filters, kernelSize, padding, poolSize, dropout } = spec;
  let [height, width] = inputShape;

  const requireWindow = (layer: string, window: string, size: number) => {
    if (Math.min(height, width) >= size) return;
    throw new ConfigError(
      `model spec: ${layer}: expected an input of at least its ${window}, ${size} x ${size}, received ${height} x ${width}: use fewer filters blocks, a smaller kernelSize or poolSize, padding "same", or larger images`,
      [window],
    );
  };

  filters.forEach((count, block) => {
    if (padding === 'valid') {
      requireWindow(numbered('conv2d', block), 'kernelSize', kernelSize);
      height -= kernelSize - 1;
      width -= kernelSize - 1;
    }
    requireWindow(numbered('max_pooling2d', block), 'poolSize', poolSize);
    height = Math.floor(height / poolSize);
    width = Math.floor(width / poolSize);
    if (dropout.rate > 0 && dropout.noiseShape !== null) {
      const where = `model spec: ${numbered('dropout', block)}`;
      requireNoiseShape(where, dropout.noiseShape, [null, height, width, count], ['dropout', 'noiseShape']);
    }
  });
};
