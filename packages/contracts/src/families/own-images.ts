import { z } from 'zod';
import { setting } from '../settings/settings.ts';

/** A confusion matrix has a number for each pair of classes, which is written as JSON. */
const MOST_CLASSES = 4096;
/** Of one side. */
const MOST_PIXELS = 4096;
/** More could not be counted in the 32 bits of a shuffle. */
const MOST_IMAGES = 2 ** 31;
const LONGEST_NAME = 200;

/** Whether a text has characters that a terminal, a page or a file would obey: controls, marks of direction, ends of line. */
export const hasControlCharacters = (text: string): boolean => !withoutControls.test(text);

const withoutControls = /^[^\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]*$/u;

const name = z
  .string()
  .min(1, 'expected a name')
  .max(LONGEST_NAME, `expected a name of at most ${LONGEST_NAME} characters`)
  .regex(withoutControls, 'expected a name without control characters');

const whole = (min: number, max: number) => {
  const message = `expected a whole number from ${min} to ${max}`;
  return z.number(message).int(message).min(min, message).max(max, message);
};

const side = whole(1, MOST_PIXELS);

/** The ways in which a picture of other proportions becomes an image of the wanted shape. */
export const imageFitSchema = z.enum(['cover', 'contain', 'fill']);

/** `cover`: the middle is cut out; `contain`: all of it, with white beside it; `fill`: stretched. */
export type ImageFit = z.output<typeof imageFitSchema>;

/**
 * A data set of a user's own images, which a run configuration has in the place of a data set's name. `sha256` is the
 * digest of its content (pixels, labels, class names, splits): the same wherever the files lie.
 */
export const ownImagesSchema = z.strictObject({
  kind: z.literal('images'),
  title: setting(name, 'Its name for people; it says nothing about the content'),
  sha256: setting(
    z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256, 64 hexadecimal digits'),
    'Digest of the prepared images, by which they are found',
  ),
  imageShape: setting(
    z.tuple([side, side, z.union([z.literal(1), z.literal(3)], 'expected 1 channel (grey) or 3 (colour)')]),
    'Height, width and channels of an image',
  ),
  classNames: setting(
    z
      .array(name)
      .min(2, 'expected the names of at least 2 classes')
      .max(MOST_CLASSES, `expected the names of at most ${MOST_CLASSES} classes`)
      .refine((names) => new Set(names).size === names.length, 'expected names that differ'),
    'Names of the classes, by label',
  ),
  trainImages: setting(whole(1, MOST_IMAGES), 'Images to train on, those for validation included'),
  testImages: setting(whole(1, MOST_IMAGES), 'Images to test on'),
  fit: setting(imageFitSchema, 'How a picture of other proportions was made an image of this shape'),
});

/** A parsed {@link ownImagesSchema}. */
export type OwnImages = z.output<typeof ownImagesSchema>;

/** Bounds of {@link ownImagesSchema}, for whoever makes one. */
export const ownImagesLimits = {
  classes: MOST_CLASSES,
  side: MOST_PIXELS,
  images: MOST_IMAGES,
  name: LONGEST_NAME,
} as const;
