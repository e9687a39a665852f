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
export const hasControlCharacters = (text: string): boolean => control.test(text);

const control = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/** Nothing but spaces, characters without a width, marks that belong to another, and letters that are blank. */
const unseen = /^[\p{Z}\p{Cf}\p{M}\u115f\u1160\u2800\u3164\uffa0]*$/u;

/** Returns what is expected of a data set's or a class's name that this text lacks, as the end of "expected a name …"; undefined where it is a name. */
export const lackOfName = (text: string): string | undefined => {
  if (text.length > LONGEST_NAME) return `of at most ${LONGEST_NAME} characters`;
  if (hasControlCharacters(text)) return 'without control characters';
  if (unseen.test(text)) return SEEN;
  return undefined;
};

const SEEN = 'that can be seen';

/** The bounds of its length stand here as well for JSON Schema, which what follows them does not get into. */
const name = z
  .string()
  .min(1, { message: `expected a name ${SEEN}`, abort: true })
  .max(LONGEST_NAME, { message: `expected a name of at most ${LONGEST_NAME} characters`, abort: true })
  .superRefine((text, context) => {
    const lack = lackOfName(text);
    if (lack !== undefined) context.addIssue({ code: 'custom', message: `expected a name ${lack}` });
  });

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
