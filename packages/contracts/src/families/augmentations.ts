import { z } from 'zod';
import { wholeNumber } from '../settings/numbers.ts';
import { setting } from '../settings/settings.ts';

/** Random changes of training images, drawn anew in every epoch; each augmentation is off by default. */
export const augmentationSchema = z.strictObject({
  flip: setting(
    z.boolean().default(false),
    'Mirror each training image left to right with probability one half',
    { flag: 'flip' },
  ),
  crop: setting(
    wholeNumber({ min: 0, max: 16 }).default(0),
    'Pad training images with this many zero pixels on each side and crop back at a random offset',
    { flag: 'crop', unit: 'pixels' },
  ),
  cutout: setting(
    wholeNumber({ min: 0, max: 1024 }).default(0),
    'Side of a square of zeros at a random place of each training image (DeVries & Taylor 2017)',
    { flag: 'cutout', unit: 'pixels' },
  ),
});

/** Which augmentations are on, and how strong. */
export type AugmentationConfig = z.output<typeof augmentationSchema>;
/** The name of an augmentation. */
export type AugmentationName = keyof AugmentationConfig;
