import type { ImageDataset, Predictions } from '@dropout-lab/contracts';
import { addText, append, type ChartOptions, finish } from './parts/frame.ts';
import { addPicture, emptySvg, type Picture } from './parts/picture.ts';

/** A test image with what a model said of it. */
export interface Mistake {
  /** Place in the test set. */
  readonly image: number;
  readonly picture: Picture;
  /** Names of classes. */
  readonly actual: string;
  readonly predicted: string;
  /** Probability of the predicted class, 0..1. */
  readonly confidence: number;
}

/**
 * Returns what a model said of images, with their pictures.
 *
 * @param images The chosen images alone, in their order.
 * @param predictions Of the whole test set.
 * @param chosen Places in the test set.
 */
export const mistakesOf = (
  { images, imageShape, classNames }: Pick<ImageDataset, 'images' | 'imageShape' | 'classNames'>,
  { labels, predicted, confidence }: Predictions,
  chosen: readonly number[],
): Mistake[] => {
  const [height, width, channels] = imageShape;
  const size = height * width * channels;
  return chosen.map((image, i) => ({
    image,
    picture: { width, height, channels, pixels: images.subarray(i * size, (i + 1) * size) },
    actual: classNames[labels[image]!]!,
    predicted: classNames[predicted[image]!]!,
    confidence: confidence[image]!,
  }));
};

const TILE = { width: 114, image: 96, height: 96 + 2 * 16 + 16 };

/** Size of the chart, and where its images lead. */
export interface MistakesOptions extends ChartOptions {
  /** Returns the address that an image leads to; without it images are no links. */
  readonly linkOf?: ((image: number) => string) | undefined;
}

/** Test images that a model got wrong, in the order given, each with what the model said and what it is. */
export const mistakesChart = (mistakes: readonly Mistake[], options: MistakesOptions = {}): SVGSVGElement => {
  const { width = 6 * TILE.width, linkOf } = options;
  const columns = Math.max(1, Math.floor(width / TILE.width));
  const svg = emptySvg(options, columns * TILE.width, Math.ceil(mistakes.length / columns) * TILE.height);
  mistakes.forEach(({ image, picture, actual, predicted, confidence }, i) => {
    const x = (i % columns) * TILE.width;
    const y = Math.floor(i / columns) * TILE.height;
    const said = `${predicted} ${(confidence * 100).toFixed(0)}%`;
    const scale = TILE.image / Math.max(picture.width, picture.height);
    const tile = linkOf ? append(svg, 'a', { href: linkOf(image) }) : svg;
    addPicture(tile, picture, {
      x,
      y,
      width: picture.width * scale,
      height: picture.height * scale,
      label: `test image ${image}: ${said}, is ${actual}`,
    });
    [said, `is ${actual}`].forEach((line, row) => {
      addText(tile, line, {
        x,
        y: y + TILE.image + 15 + row * 16,
        fill: row === 0 ? 'var(--ink)' : 'var(--muted)',
        'aria-hidden': 'true',
      });
    });
  });
  return finish(svg, 'test images, each with what was predicted and what it is', 'group');
};
