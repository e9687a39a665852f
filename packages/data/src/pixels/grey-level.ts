/**
 * Returns the perceived brightness of a colour, 0..255, by ITU-R BT.601: `.299 R + .587 G + .114 B`, in the integer
 * arithmetic of Pillow's mode L, as Keras's `load_img(color_mode='grayscale')` does. A grey stays the same.
 */
export const greyLevel = (red: number, green: number, blue: number): number =>
  (19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16;
