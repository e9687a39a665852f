import { type ImageFit, isOwnImages, type RunConfig } from '@dropout-lab/contracts';

/**
 * Returns how pictures are made images of the model's shape: as the configuration has it for images of a user's own, else
 * their middle is cut out.
 */
export const pictureFitOf = ({ dataset }: Pick<RunConfig, 'dataset'>): ImageFit =>
  isOwnImages(dataset) ? dataset.fit : 'cover';
