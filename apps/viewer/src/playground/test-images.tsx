import type { ImageDataset } from '@dropout-lab/contracts';
import { useMemo, useState } from 'preact/hooks';
import { PictureCanvas } from '../shared/controls/picture-canvas.tsx';
import { pictureOf } from '../shared/images/pixels.ts';
import './test-images.css';

/** Number of thumbnails that are shown at a time. */
const THUMBNAILS = 18;

/** Shows test images to choose from, some at a time. */
export const TestImages = ({
  images,
  shown,
  onChoose,
}: {
  readonly images: ImageDataset;
  readonly shown: number | undefined;
  readonly onChoose: (index: number) => void;
}) => {
  const [first, setFirst] = useState(Math.floor((shown ?? 0) / THUMBNAILS) * THUMBNAILS);
  const count = images.labels.length;
  const indices = Array.from({ length: Math.min(THUMBNAILS, count - first) }, (_, i) => first + i);
  return (
    <>
      <div class="thumbnails">
        {indices.map((index) => (
          <button
            key={index}
            type="button"
            aria-pressed={index === shown}
            title={images.classNames[images.labels[index]!]}
            onClick={() => onChoose(index)}
          >
            <Thumbnail images={images} index={index} />
          </button>
        ))}
      </div>
      <div class="actions">
        <button
          type="button"
          class="button small"
          disabled={first === 0}
          onClick={() => setFirst(first - THUMBNAILS)}
        >
          Previous
        </button>
        <button
          type="button"
          class="button small"
          disabled={first + THUMBNAILS >= count}
          onClick={() => setFirst(first + THUMBNAILS)}
        >
          Next
        </button>
      </div>
    </>
  );
};

const Thumbnail = ({ images, index }: { readonly images: ImageDataset; readonly index: number }) => {
  const picture = useMemo(() => pictureOf(images, index), [images, index]);
  return <PictureCanvas picture={picture} />;
};
