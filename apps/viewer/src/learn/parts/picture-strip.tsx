import type { ImageDataset } from '@dropout-lab/contracts';
import { useMemo } from 'preact/hooks';
import { PictureCanvas } from '../../shared/controls/picture-canvas.tsx';
import { type Picture, pictureOf } from '../../shared/images/pixels.ts';
import { show, view } from '../../shared/state.ts';
import { PICTURES } from './pictures.ts';
import '../../shared/controls/tiles.css';
import './picture-strip.css';

/** Returns the picture of the address, which all steps share; its default is the first of the strip. */
const indexOf = (images: ImageDataset): number =>
  view.value.image === 0 ? PICTURES[0] : view.value.image % images.labels.length;

/** Returns the picture of the address. */
export const useChosenPicture = (images: ImageDataset): Picture => {
  const index = indexOf(images);
  return useMemo(() => pictureOf(images, index), [images, index]);
};

/** Pictures that the network was not trained on, to choose from. */
export const PictureStrip = ({ images }: { readonly images: ImageDataset }) => (
  <div class="tiles picture-strip">
    {PICTURES.map((index) => (
      <button
        key={index}
        type="button"
        aria-pressed={indexOf(images) === index}
        onClick={() => show({ image: index })}
      >
        <Thumbnail images={images} index={index} />
      </button>
    ))}
  </div>
);

const Thumbnail = ({ images, index }: { readonly images: ImageDataset; readonly index: number }) => {
  const picture = useMemo(() => pictureOf(images, index), [images, index]);
  return <PictureCanvas picture={picture} />;
};
