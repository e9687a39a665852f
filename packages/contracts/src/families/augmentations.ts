import { z } from 'zod';
import { number, wholeNumber } from '../settings/numbers.ts';
import { setting, switchOr } from '../settings/settings.ts';

/** Random changes of training images, drawn anew in every epoch; each augmentation is off by default. */
export const augmentationSchema = z.strictObject({
  flip: setting(
    switchOr(['alternating']).default(false),
    'Mirror each training image left to right with probability one half; alternating: a random half in the first epoch, and from then on each image in every other epoch',
    { flag: 'flip' },
  ),
  crop: setting(
    wholeNumber({ min: 0, max: 16 }).default(0),
    'Pad training images with this many pixels on each side and crop back at a random offset',
    { flag: 'crop', unit: 'pixels' },
  ),
  cutout: setting(
    wholeNumber({ min: 0, max: 1024 }).default(0),
    'Side of a square of zeros at a random place in each training image (DeVries & Taylor 2017)',
    { flag: 'cutout', unit: 'pixels' },
  ),
  cropFill: setting(
    z.enum(['zeros', 'reflect']).default('zeros'),
    'What crop pads with: zeros, or reflect, the image mirrored at its border without repeating the border',
    { flag: 'crop-fill', needs: 'crop' },
  ),
  mixup: setting(
    number({ min: 0, max: 100 }).default(0),
    'Mix each training image with another of its batch, and their classes in the same proportion, drawn from Beta(a, a) with this a; 0 turns it off (Zhang et al. 2018)',
    { flag: 'mixup' },
  ),
  cutmix: setting(
    number({ min: 0, max: 100 }).default(0),
    'Paste a rectangle of another image of the batch into each training image, its share of the area drawn from Beta(a, a) with this a, and mix their classes in the same proportion; 0 turns it off; with mixup, each batch gets one of the two (Yun et al. 2019)',
    { flag: 'cutmix' },
  ),
});

/** Which augmentations are on, and how strong. */
export type AugmentationConfig = z.output<typeof augmentationSchema>;
/** The name of an augmentation. */
export type AugmentationName = keyof AugmentationConfig;

/** The views of a test image whose logits are averaged: itself, its mirror image, shifts of both. */
export const testTimeAugmentationSchema = z.enum(['none', 'flip', 'flip_shift']);

/** The name of a way to look at a test image more than once. */
export type TestTimeAugmentation = z.output<typeof testTimeAugmentationSchema>;
