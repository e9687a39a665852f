import type { ImageFit } from '@dropout-lab/contracts';
import type { OwnDataset } from '@dropout-lab/data';
import { PictureCanvas } from '../../shared/controls/picture-canvas.tsx';
import { TypedInput } from '../../shared/controls/typed-input.tsx';
import { count } from '../../shared/format.ts';
import type { Shape } from '../../shared/images/picture-shape.ts';
import { pictureOf } from '../../shared/images/pixels.ts';
import { type Choice, changeShape } from './choice.ts';

/** The most classes that are listed, and the pictures that are shown of each. */
const MOST_CLASSES = 8;
const PICTURES = 4;

/** The images that a folder's pictures were made, and how. */
export const Chosen = ({ images, folder, shape }: Extract<Choice, { readonly state: 'ready' }>) => {
  const { title, imageShape, classNames, trainImages, testImages } = images.dataset;
  const { validationImages, notes, counts } = images;
  const [height, width, channels] = imageShape;
  const held = validationImages > 0 ? `, ${count(validationImages)} of them for validation` : '';
  const more = classNames.length - MOST_CLASSES;
  return (
    <>
      <p>
        <strong>{title}</strong>
        {`: ${count(trainImages)} images to train on${held}, ${count(testImages)} to test, of ${width} by ${height} pixels${channels === 1 ? ', grey' : ''}.`}
      </p>
      <ul class="own-classes">
        {classNames.slice(0, MOST_CLASSES).map((name, label) => (
          <li key={name}>
            <span class="name">{name}</span>
            <span class="muted">
              {count(counts[label]!.train + counts[label]!.validation + counts[label]!.test)}
            </span>
            <span class="examples">
              <Examples images={images} label={label} />
            </span>
          </li>
        ))}
      </ul>
      {more > 0 && <p class="muted">{`and ${count(more)} more classes`}</p>}
      {folder && <ShapeFields {...shape} />}
      {notes.length > 0 && (
        <p class="muted small">{`${notes.join('; ').replace(/^./, (first) => first.toUpperCase())}.`}</p>
      )}
      <Skipped images={images} />
    </>
  );
};

const Examples = ({ images: { train }, label }: { readonly images: OwnDataset; readonly label: number }) => {
  const places: number[] = [];
  for (let i = 0; i < train.labels.length && places.length < PICTURES; i++)
    if (train.labels[i] === label) places.push(i);
  return (
    <>
      {places.map((place) => (
        <PictureCanvas
          key={place}
          picture={pictureOf(train, place)}
          label={`a picture of ${train.classNames[label]}`}
        />
      ))}
    </>
  );
};

const fits: Readonly<Record<ImageFit, string>> = {
  cover: 'cut the middle out',
  contain: 'all of it, with white borders',
  fill: 'stretch it',
};

const ShapeFields = ({ size, fit }: Shape) => (
  <>
    <div class="setting">
      <label for="own-size">Image size</label>
      <TypedInput
        id="own-size"
        type="number"
        min={8}
        max={256}
        placeholder="as the pictures"
        text={size === undefined ? '' : `${size}`}
        onText={(text, isDone) => {
          const pixels = Number(text);
          // Each change decodes the pictures again.
          if (isDone) void changeShape({ size: text === '' ? undefined : pixels });
        }}
      />
    </div>
    <div class="setting">
      <label for="own-fit">Proportions</label>
      <select
        id="own-fit"
        value={fit}
        onChange={({ currentTarget }) => void changeShape({ fit: currentTarget.value as ImageFit })}
      >
        {Object.entries(fits).map(([name, words]) => (
          <option key={name} value={name}>
            {words}
          </option>
        ))}
      </select>
    </div>
  </>
);

const Skipped = ({ images: { skipped } }: { readonly images: OwnDataset }) => {
  if (skipped.length === 0) return null;
  return (
    <details>
      <summary>{`${count(skipped.length)} ${skipped.length === 1 ? 'file was' : 'files were'} skipped`}</summary>
      <ul class="skipped">
        {skipped.slice(0, 50).map(({ file, reason }) => (
          <li key={file}>{`${file}: ${reason}`}</li>
        ))}
      </ul>
    </details>
  );
};
