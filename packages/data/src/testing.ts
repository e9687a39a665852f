import { datasets, type ImageDataset } from '@dropout-lab/contracts';
import { fold, randomKey, uint32s } from '@dropout-lab/random';
import type { LoadedDataset } from './loaded-dataset.ts';

const { imageShape, classNames } = datasets.cifar10;
const SIZE = imageShape.reduce((size, length) => size * length, 1);

const noise = (split: string, count: number): ImageDataset => ({
  images: new Uint8Array(uint32s(fold(randomKey(0), split), (count * SIZE) / 4).buffer),
  labels: Uint8Array.from({ length: count }, (_, i) => (7 * i) % classNames.length),
  imageShape,
  classNames,
});

/** Returns 250 training and 100 test images of noise, with CIFAR-10's shape and classes, the same every time. */
export const noiseDataset = (): LoadedDataset => ({
  train: noise('train', 250),
  test: noise('test', 100),
  sha256: { 'noise.bin': '0'.repeat(64) },
  source: 'drawn',
});
