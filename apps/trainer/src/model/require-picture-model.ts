import { DropoutLabError, type ImageShape } from '@dropout-lab/contracts';

/**
 * @param command For the message.
 * @param advice The next thing to do.
 * @throws DropoutLabError when a model's images cannot be pictures.
 */
export const requirePictureModel = (
  [height, width, channels]: ImageShape,
  command: string,
  advice: string,
): void => {
  if (channels === 1 || channels === 3) return;
  throw new DropoutLabError(
    `${command}: expected a model of grey or colour images, of 1 or 3 channels, found one of ${height}x${width}x${channels}: ${advice}`,
  );
};
