import type { DatasetChoice } from '@dropout-lab/contracts';
import { ErrorMessage } from '../shared/controls/error-message.tsx';
import { PictureCanvas } from '../shared/controls/picture-canvas.tsx';
import { noImages } from '../shared/images/origin.ts';
import { TestImages } from './test-images.tsx';
import type { ShownPicture } from './use-picture.ts';
import { Webcam } from './webcam.tsx';
import './picture-panel.css';

interface PicturePanelProps {
  readonly shown: ShownPicture;
  readonly dataset: DatasetChoice;
  /** Whether the last picture has been classified. */
  readonly isIdle: boolean;
}

/** The picture that is classified, and all ways to choose another. */
export const PicturePanel = ({ shown, dataset, isIdle }: PicturePanelProps) => {
  const { size, picture, images, origin, index, error, camera, take, give, choose } = shown;
  return (
    <section class="picture" aria-label="Picture">
      <figure>
        {picture ? <PictureCanvas class="pixels large" picture={picture} /> : <div class="pixels large" />}
        <figcaption>
          {picture?.title ?? (images.state === 'none' ? 'No picture yet' : 'Loading the images …')}
        </figcaption>
      </figure>
      <div class="actions">
        <label class="button">
          Choose a picture
          <input
            type="file"
            accept="image/*"
            class="hidden"
            onChange={({ currentTarget }) => {
              take(currentTarget.files?.[0]);
              // The same file may be chosen again.
              currentTarget.value = '';
            }}
          />
        </label>
        <Webcam key={camera} size={size} isIdle={isIdle} onPicture={give} />
      </div>
      <p class="muted small">
        Or drop or paste one onto this page. The ZIP file of a run or a .safetensors file that is dropped
        opens its model.
      </p>
      <ErrorMessage message={error} />
      {origin === 'nowhere' && <p class="muted small">{noImages(dataset)}</p>}
      {images.state === 'ready' && <TestImages images={images.value} shown={index} onChoose={choose} />}
    </section>
  );
};
