import type { RunConfigInput } from '@dropout-lab/contracts';
import { defineStudy } from '../src/study/study.ts';

/** Images to train on, a fifth of them for validation, and epochs: fewer images are seen more often. */
const sizes = [
  { images: 1000, epochs: 80 },
  { images: 3000, epochs: 50 },
  { images: 10_000, epochs: 30 },
  { images: 50_000, epochs: 20 },
];

const armsOf = ({ images, epochs }: (typeof sizes)[number]) => {
  const length: RunConfigInput = { limitTrain: images, epochs };
  const inWords = images.toLocaleString('en');
  return {
    [`dropout-${images}`]: { title: `dropout, ${inWords} images`, changes: length },
    [`none-${images}`]: {
      title: `no dropout, ${inWords} images`,
      changes: { ...length, model: { dropout: { rate: 0 } } },
    },
  };
};

/** From how many training images on does dropout help? */
export const dropoutAndData = defineStudy({
  name: 'dropout-and-data',
  title: 'How many images does dropout need?',
  description:
    'From how many training images on does dropout help? Srivastava et al. (2014, section 7.4) found no gain on very few images, which a network learns by heart in spite of it, the largest gain in between, and less where there are so many that it hardly overfits. The network of the tutorial on 1,000 to 50,000 images, a fifth of them for validation.',
  config: { batchSize: 100 },
  arms: Object.assign({}, ...sizes.map(armsOf)),
  comparisons: sizes.map(({ images }) => ({
    title: `Dropout on ${images.toLocaleString('en')} images`,
    arms: [`dropout-${images}`, `none-${images}`] as [string, string],
  })),
  seeds: [0, 1, 2],
});
