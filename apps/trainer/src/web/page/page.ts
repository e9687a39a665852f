// The page of an exported folder: a picture in, probabilities out.
import type { Classifier } from '../../classifier/classifier.ts';
import type { ClassifiedPicture } from '../../classifier/pictures.ts';
import type { DropoutLab } from '../runtime.ts';
import { showAnswer } from './answer.ts';
import { byId } from './elements.ts';
import { onPicture, showPicture, showSeen } from './picture.ts';
import { onWebcam, stopWebcam } from './webcam.ts';

const { dropoutLab } = globalThis as unknown as { readonly dropoutLab: DropoutLab };

const PASSES = 30;

const spread = byId<HTMLInputElement>('spread');

/** The picture that the answer is for; undefined at first, and while the webcam runs. */
let last: Blob | undefined;

const showError = (error: unknown): void => {
  byId('error').textContent = error instanceof Error ? error.message : String(error);
};

const answer = async (
  classify: Classifier<ClassifiedPicture>,
  picture: Blob | HTMLVideoElement,
): Promise<void> => {
  const { imageShape, fit } = classify.description.preprocessing;
  const pixels = await dropoutLab.pixelsOf(picture, imageShape, fit);
  const [height, width, channels] = imageShape;
  const classes = await classify(
    { data: pixels, width, height, channels },
    spread.checked ? { passes: PASSES } : {},
  );
  byId('error').textContent = '';
  showSeen(pixels, imageShape);
  showAnswer(classes);
};

/** Says what the model is. */
const describe = ({
  description: { classNames, preprocessing, run },
}: Classifier<ClassifiedPicture>): void => {
  const [height, width, channels] = preprocessing.imageShape;
  const accuracy =
    run.testAccuracy === undefined
      ? ''
      : `; ${(100 * run.testAccuracy).toFixed(1)}% of its test images were right`;
  byId('about').textContent = `A model of ${classNames.length} classes, which runs in this page${accuracy}.`;
  byId('size').textContent = `${width} × ${height} pixels${channels === 1 ? ', grey' : ''}`;
  byId('origin').textContent = `Run ${run.id}, trained on ${run.dataset}`;
};

/** A model without dropout has no masks, and no spread. */
const linesWithoutSpread = (): void => {
  const lines = byId('lines');
  lines.textContent = (lines.textContent ?? '').replace(', { passes: 30 }', '').replace(/ ± \$\{.*?\}/, '');
};

const offerCopy = (): void => {
  const copy = byId<HTMLButtonElement>('copy');
  const { clipboard } = navigator as { readonly clipboard?: Clipboard };
  if (!clipboard) return;
  copy.hidden = false;
  copy.addEventListener('click', async () => {
    await clipboard.writeText(byId('lines').textContent ?? '');
    copy.textContent = 'Copied';
    setTimeout(() => {
      copy.textContent = 'Copy';
    }, 2000);
  });
};

const start = async (): Promise<void> => {
  offerCopy();
  const classify = await dropoutLab.loadClassifier('.');
  describe(classify);
  showAnswer(classify.classNames.map((label) => ({ label })));
  byId('spread-control').hidden = !classify.hasSpread;
  if (!classify.hasSpread) linesWithoutSpread();
  onPicture((picture) => {
    answer(classify, picture).then(() => {
      stopWebcam();
      last = picture;
      showPicture(picture);
    }, showError);
  });
  onWebcam(
    () => {
      last = undefined;
      showPicture(undefined);
    },
    (video) => answer(classify, video).catch(showError),
    showError,
  );
  spread.addEventListener('change', () => {
    if (last) answer(classify, last).catch(showError);
  });
};

start().catch((error) => {
  byId('about').textContent = 'The model could not be loaded.';
  showError(error);
});
