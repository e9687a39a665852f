/** Keras's name for the layer of a kind at a zero-based position: `conv2d`, `conv2d_1`, `conv2d_2`. */
export const numbered = (kind: string, position: number): string =>
  position === 0 ? kind : `${kind}_${position}`;
