import { byId } from './elements.ts';

const drop = byId('drop');
const image = byId<HTMLImageElement>('image');
const file = byId<HTMLInputElement>('file');

/** Calls `take` with every image file that is chosen, dropped or pasted. */
export const onPicture = (take: (picture: Blob) => void): void => {
  const takeFirst = (files: Iterable<File> | null | undefined): void => {
    const [first] = files ?? [];
    if (first) take(first);
  };
  file.addEventListener('change', () => {
    takeFirst(file.files);
    // The same file may be chosen again.
    file.value = '';
  });
  addEventListener('paste', ({ clipboardData }) => takeFirst(clipboardData?.files));
  addEventListener('dragover', (event) => {
    event.preventDefault();
    drop.classList.add('over');
  });
  addEventListener('dragleave', ({ relatedTarget }) => {
    if (relatedTarget === null) drop.classList.remove('over');
  });
  addEventListener('drop', (event) => {
    event.preventDefault();
    drop.classList.remove('over');
    takeFirst(event.dataTransfer?.files);
  });
};

/** Shows an image, or the webcam's video where there is none. */
export const showPicture = (picture: Blob | undefined): void => {
  URL.revokeObjectURL(image.src);
  if (picture) {
    image.src = URL.createObjectURL(picture);
    image.alt = picture instanceof File && picture.name ? picture.name : 'The picture';
  }
  image.hidden = picture === undefined;
  byId('video').hidden = picture !== undefined;
  byId('invitation').hidden = true;
  drop.classList.add('filled');
};

/** Shows the pixels that the model was given. */
export const showSeen = (
  pixels: Uint8Array,
  [height, width, channels]: readonly [number, number, number],
): void => {
  const canvas = byId<HTMLCanvasElement>('input');
  [canvas.width, canvas.height] = [width, height];
  const rgba = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) rgba[4 * i + c] = pixels[i * channels + Math.min(c, channels - 1)]!;
  }
  canvas.getContext('2d')!.putImageData(new ImageData(rgba, width, height), 0, 0);
  byId('seen').hidden = false;
};
