import { encode } from 'fast-png';
import { append, type ChartOptions, FONT, FONT_SIZE, SVG_NAMESPACE } from './frame.ts';

/** An image as bytes. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** 1 of greys, 3 of colours (RGB), 4 with transparency. */
  readonly channels: number;
  /** uint8 [height, width, channels]. */
  readonly pixels: Uint8Array;
}

/** A drawing without axes. */
export const emptySvg = (
  { document = globalThis.document }: ChartOptions,
  width: number,
  height: number,
): SVGSVGElement => {
  const svg = document.createElementNS(SVG_NAMESPACE, 'svg') as SVGSVGElement;
  const attributes = {
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    color: 'var(--ink)',
    'font-family': FONT,
    'font-size': FONT_SIZE,
  };
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, String(value));
  return svg;
};

interface PicturePlace {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** For readers who do not see it; left out where the chart's own says all. */
  readonly label?: string;
}

/** Draws a picture, each of its pixels a square. */
export const addPicture = (parent: Element, picture: Picture, { label, ...place }: PicturePlace): void => {
  // Not every reader of SVG can enlarge without blur: whole pixels are repeated in the file.
  const scale = Math.max(1, Math.floor(place.width / picture.width));
  append(parent, 'image', {
    href: pngUrl(enlarged(picture, scale)),
    ...place,
    // Their proportions may differ by a part of a pixel.
    preserveAspectRatio: 'none',
    'image-rendering': 'pixelated',
    ...(label === undefined ? { 'aria-hidden': 'true' } : { role: 'img', 'aria-label': label }),
  });
};

const enlarged = ({ width, height, channels, pixels }: Picture, scale: number): Picture => {
  const wide = width * scale;
  const larger = new Uint8Array(pixels.length * scale * scale);
  for (let i = 0; i < larger.length; i++) {
    const channel = i % channels;
    const x = Math.floor(i / channels) % wide;
    const y = Math.floor(i / channels / wide);
    larger[i] = pixels[(Math.floor(y / scale) * width + Math.floor(x / scale)) * channels + channel]!;
  }
  return { width: wide, height: height * scale, channels, pixels: larger };
};

const pngUrl = ({ width, height, channels, pixels }: Picture): string => {
  const png = encode({ width, height, channels, data: pixels });
  let text = '';
  for (const byte of png) text += String.fromCharCode(byte);
  return `data:image/png;base64,${btoa(text)}`;
};
