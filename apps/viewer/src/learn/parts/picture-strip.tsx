import type { ImageDataset } from '@dropout-lab/contracts';
import { useMemo } from 'preact/hooks';
import { PictureCanvas } from '../../shared/controls/picture-canvas.tsx';
import { type Picture, pictureOf } from '../../shared/images/pixels.ts';
import { show, view } from '../../shared/state.ts';
import './picture-strip.css';

/** Number of pictures to choose from. */
const PICTURES = 8;

/** Returns the picture of the address, which all steps share. */
export const useChosenPicture = (images: ImageDataset): Picture => {
  const index = view.value.image % images.labels.length;
  return useMemo(() => pictureOf(images, index), [images, index]);
};

/** Pictures that the network was not trained on, to choose from. */
export const PictureStrip = ({ images }: { readonly images: ImageDataset }) => (
  <div class="picture-strip">
    {Array.from({ length: PICTURES }, (_, index) => (
      <button
        key={index}
        type="button"
        aria-pressed={view.value.image % images.labels.length === index}
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
