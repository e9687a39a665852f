import { z } from 'zod';
import { type DatasetName, datasets } from './datasets.ts';
import { ownImagesSchema } from './own-images.ts';

// Apart from the descriptions, which pages need without any schema.

const names = Object.keys(datasets) as [DatasetName, ...DatasetName[]];

/** A data set by its name, or the description of a user's own images. */
export const datasetSchema = z.union(
  [z.enum(names), ownImagesSchema],
  `expected one of ${names.map((name) => `"${name}"`).join(', ')}`,
);
