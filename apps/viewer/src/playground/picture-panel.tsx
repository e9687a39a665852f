import { isOwnImages } from '@dropout-lab/contracts';
import { ErrorMessage } from '../shared/controls/error-message.tsx';
import { PictureCanvas } from '../shared/controls/picture-canvas.tsx';
import { noImages } from '../shared/images/origin.ts';
import type { RunOverview } from '../shared/runs/catalogue.ts';
import { TestImages } from './test-images.tsx';
import type { ShownPicture } from './use-picture.ts';
import { Webcam } from './webcam.tsx';
import './picture-panel.css';

interface PicturePanelProps {
  readonly shown: ShownPicture;
  /** The run whose model looks at it. */
  readonly overview: RunOverview;
  /** Whether the last picture has been classified. */
  readonly isIdle: boolean;
}

/** The picture that is classified, and all ways to choose another. */
export const PicturePanel = ({ shown, overview, isIdle }: PicturePanelProps) => {
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
      <p class="muted small hint">
        Or drop or paste one onto this page. The ZIP file of a run, a .safetensors file, or a model.json of
        TensorFlow.js with its weights opens its model.
      </p>
      <ErrorMessage message={error} />
      {origin === 'nowhere' && <p class="muted small">{missing(overview)}</p>}
      {images.state === 'ready' && <TestImages images={images.value} shown={index} onChoose={choose} />}
    </section>
  );
};

/** The reason why there are no test images to choose from; a model that came as a file has none with it. */
const missing = ({ status, run }: RunOverview): string => {
  const { dataset } = run.manifest.config;
  return status === 'imported' && isOwnImages(dataset)
    ? 'The images that this model was trained on did not come with it.'
    : noImages(dataset);
};
