import { datasetKey, datasetOf, type RunConfig } from '@dropout-lab/contracts';
import { useMemo, useRef, useState } from 'preact/hooks';
import { type Loaded, useLoaded } from '../shared/controls/use-loaded.ts';
import type { TestImages } from '../shared/images/images-in-file.ts';
import { type ImageOrigin, imageShapeOf, originOf } from '../shared/images/origin.ts';
import type { PictureSize } from '../shared/images/picture-shape.ts';
import { type Picture, pictureOfFile } from '../shared/images/pixels.ts';
import { openTestImages } from '../shared/images/test-images.ts';
import { show, view } from '../shared/state.ts';
import { usePastedImage } from './use-pasted-image.ts';

/** The picture that a model looks at, and where it comes from. */
export interface ShownPicture {
  readonly size: PictureSize;
  /** Undefined while there is none. */
  readonly picture: Picture | undefined;
  /** Another number for each picture. */
  readonly id: number;
  /** The test images of the data set. */
  readonly images: Loaded<TestImages>;
  readonly origin: ImageOrigin['kind'];
  /** Index of the test image that is shown; undefined while another picture is. */
  readonly index: number | undefined;
  /** The reason why a file could not be shown. */
  readonly error: string | undefined;
  /** Key of the webcam: another number turns it off. */
  readonly camera: number;
  /** Shows an image file. */
  readonly take: (file: Blob | null | undefined) => void;
  /** Shows a picture. */
  readonly give: (picture: Picture) => void;
  /** Shows a test image. */
  readonly choose: (index: number) => void;
}

/** The picture that the model of a run looks at: the test image of the address, until another is given. */
export const usePicture = (config: RunConfig): ShownPicture => {
  const origin = originOf(config.dataset).kind;
  const [height, width, channels] = imageShapeOf(config);
  const size = { width, height, channels };
  // A model may take images of another size than those of its data set.
  const fits = `${datasetOf(config.dataset).imageShape}` === `${[height, width, channels]}`;
  const images = useLoaded<TestImages>(
    origin === 'nowhere' || !fits ? null : `${datasetKey(config.dataset)} ${origin}`,
    () => openTestImages(config.dataset),
  );
  const [given, setGiven] = useState<Picture>();
  const [error, setError] = useState<string>();
  const [camera, setCamera] = useState(0);

  const take = (file: Blob | null | undefined): void => {
    if (!file) return;
    pictureOfFile(file, size).then(
      (picture) => {
        setCamera(camera + 1);
        setGiven(picture);
        setError(undefined);
      },
      (error: Error) => setError(error.message),
    );
  };
  usePastedImage(take);

  const index = images.state === 'ready' ? view.value.image % images.value.count : undefined;
  const chosen = useLoaded<Picture>(
    images.state === 'ready' ? `${datasetKey(config.dataset)} ${index}` : null,
    async () => (images as Ready).value.read([index!]).then(([only]) => only!),
  );
  // Until another image is there, the one before stays.
  const last = useRef<Picture | undefined>(undefined);
  if (chosen.state === 'ready') last.current = chosen.value;
  const picture = given ?? (images.state === 'ready' ? last.current : undefined);
  return {
    size,
    picture,
    id: usePictureId(picture),
    images: chosen.state === 'failed' ? chosen : images,
    origin,
    index: given ? undefined : index,
    error,
    camera,
    take,
    give: setGiven,
    choose: (index) => {
      setCamera(camera + 1);
      setGiven(undefined);
      show({ image: index });
    },
  };
};

type Ready = Extract<Loaded<TestImages>, { readonly state: 'ready' }>;

const usePictureId = (picture: Picture | undefined): number => {
  const id = useMemo(() => ({ value: 0 }), []);
  useMemo(() => {
    id.value++;
  }, [picture]);
  return id.value;
};
