import { useState } from 'preact/hooks';
import { PictureCanvas } from '../shared/controls/picture-canvas.tsx';
import { useLoaded } from '../shared/controls/use-loaded.ts';
import type { TestImages as Images } from '../shared/images/images-in-file.ts';
import '../shared/controls/tiles.css';
import './test-images.css';

/** Number of thumbnails that are shown at a time. */
const THUMBNAILS = 18;

/** Shows test images to choose from, some at a time. */
export const TestImages = ({
  images,
  shown,
  onChoose,
}: {
  readonly images: Images;
  readonly shown: number | undefined;
  readonly onChoose: (index: number) => void;
}) => {
  const [first, setFirst] = useState(Math.floor((shown ?? 0) / THUMBNAILS) * THUMBNAILS);
  const { count } = images;
  const indices = Array.from({ length: Math.min(THUMBNAILS, count - first) }, (_, i) => first + i);
  const pictures = useLoaded(`${first} of ${count}`, () => images.read(indices));
  return (
    <>
      <div class="tiles test-images">
        {pictures.state === 'ready' &&
          pictures.value.map((picture, i) => (
            <button
              key={indices[i]}
              type="button"
              aria-pressed={indices[i] === shown}
              title={picture.title}
              onClick={() => onChoose(indices[i]!)}
            >
              <PictureCanvas picture={picture} />
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
