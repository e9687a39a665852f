import type { ImageDataset } from '@dropout-lab/contracts';
import type { LoadedDataset } from '@dropout-lab/data';
import { CIFAR10 } from './datasets.ts';
import { decodeCifar } from './decode.ts';
import { TEST_RECORDS } from './sample-data/test.ts';
import { TRAIN_RECORDS } from './sample-data/train.ts';

const decodeBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

const decodeSample = (name: string, records: string): ImageDataset =>
  decodeCifar(CIFAR10, [{ name, bytes: decodeBase64(records) }]);

/**
 * Real CIFAR-10 images for tests and examples, without network or files: the first 25 of each class in
 * `data_batch_1.bin` and the first 10 of each in `test_batch.bin`, in their order there.
 *
 * @returns 250 training and 100 test images, uint8 [n, 32, 32, 3].
 */
export const loadSample = (): LoadedDataset => ({
  train: decodeSample('training sample', TRAIN_RECORDS),
  test: decodeSample('test sample', TEST_RECORDS),
  sha256: {
    'training sample': '451006a1b90d3f387e9b8d5f322d808afc03ad73a946d26bb9dc02240a25aa11',
    'test sample': '2c2ffc3c226fff0d6a1daf35c66e43a4f6933a40d37a8ca1c6fc9d3c29b4b6cf',
  },
  source: 'sample',
});
