/**
 * How bright a colour is to the eye, 0..255, by ITU-R BT.601: `.299 R + .587 G + .114 B`, in the whole numbers of Pillow's
 * mode L, which is what Keras's `load_img(color_mode='grayscale')` gives. A grey is itself.
 */
export const greyLevel = (red: number, green: number, blue: number): number =>
  (19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16;
