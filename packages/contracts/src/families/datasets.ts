import type { ImageShape } from '../dataset.ts';
import type { OwnImages } from './own-images.ts';

/** A description of a data set; `@dropout-lab/cifar` has its loader. */
export interface DatasetDescription {
  /** Its name for people: `CIFAR-10`. */
  readonly title: string;
  readonly imageShape: ImageShape;
  /** By label. */
  readonly classNames: readonly string[];
  readonly trainImages: number;
  readonly testImages: number;
}

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

const cifar10 = {
  title: 'CIFAR-10',
  imageShape: [32, 32, 3],
  classNames: words('airplane automobile bird cat deer dog frog horse ship truck'),
  trainImages: 50_000,
  testImages: 10_000,
} as const satisfies DatasetDescription;

const cifar100 = {
  title: 'CIFAR-100',
  imageShape: [32, 32, 3],
  classNames: words(`
    apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle
    bowl boy bridge bus butterfly camel can castle caterpillar cattle
    chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur
    dolphin elephant flatfish forest fox girl hamster house kangaroo keyboard
    lamp lawn_mower leopard lion lizard lobster man maple_tree motorcycle mountain
    mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree
    plain plate poppy porcupine possum rabbit raccoon ray road rocket
    rose sea seal shark shrew skunk skyscraper snail snake spider
    squirrel streetcar sunflower sweet_pepper table tank telephone television tiger tractor
    train trout tulip turtle wardrobe whale willow_tree wolf woman worm`),
  trainImages: 50_000,
  testImages: 10_000,
} as const satisfies DatasetDescription;

const shapes = {
  title: 'Shapes',
  imageShape: [28, 28, 1],
  classNames: ['circle', 'ring', 'square', 'frame', 'triangle', 'cross', 'bar', 'moon'],
  trainImages: 40_000,
  testImages: 8000,
} as const satisfies DatasetDescription;

/** The data sets that a run configuration can name. */
export const datasets = { cifar10, cifar100, shapes } as const;

/** The name of a data set. */
export type DatasetName = keyof typeof datasets;

/** A data set in a run configuration: its name, or the description of a user's own images. */
export type DatasetChoice = DatasetName | OwnImages;

/** Returns the description of a data set, which is known before any of its files is read. */
export const datasetOf = (dataset: DatasetChoice): DatasetDescription =>
  isOwnImages(dataset) ? dataset : datasets[dataset];

/** Whether a data set is a user's own images. */
export const isOwnImages = (dataset: DatasetChoice): dataset is OwnImages => typeof dataset !== 'string';

/** Returns a text that no other data set has: its name, or `images-` with the digest of a user's own images. */
export const datasetKey = (dataset: DatasetChoice): string =>
  isOwnImages(dataset) ? `images-${dataset.sha256}` : dataset;
