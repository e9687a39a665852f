import { dense, endingIn, type RefusedCase, type RefusedGroup } from './case.ts';

const labelled = (labels: unknown): Pick<RefusedCase, 'batch' | 'when'> => ({
  batch: () => ({ labels }),
  when: 'batch',
});

export const ofBatches: RefusedGroup = {
  title: 'Of batches',
  cases: [
    {
      what: 'classes counted from 1',
      ...labelled(Uint8Array.of(1, 2, 3, 1)),
      message:
        'train: batch 1 of epoch 1: labels: expected classes from 0 to 2 as the model has 3 units, found 3 at place 2',
    },
    {
      what: 'a class that the model has no unit for',
      ...labelled(Uint8Array.of(0, 7, 1, 2)),
      message: 'found 7 at place 1: count classes from 0',
    },
    { what: 'a class below 0', ...labelled(Int32Array.of(0, 1, 2, -1)), message: 'found -1 at place 3' },
    {
      what: 'a class above 255, where there are 3',
      ...labelled(Uint16Array.of(256, 1, 2, 1)),
      message: 'found 256 at place 0',
    },
    {
      what: 'a missing label',
      ...labelled(Uint8Array.of(0, 1, 2)),
      message: 'labels: expected 4 class indices for 4 images and outputs of shape [3], found 3',
    },
    {
      what: 'labels that are not a typed array',
      ...labelled([0, 1, 2, 1]),
      message:
        'labels: expected class indices in a Uint8Array, Uint16Array or Int32Array, or numbers in a Float32Array, found Array of 4',
    },
    {
      what: 'numbers as labels, in another shape than the output',
      ...labelled(new Float32Array(8)),
      message: 'labels: expected 12 numbers for 4 images and outputs of shape [3], found 8',
    },
    {
      what: 'a target that is not finite',
      ...labelled(Float32Array.from({ length: 12 }, (_, i) => (i === 5 ? Number.NaN : 0))),
      message: 'labels: expected finite numbers, found NaN at place 5',
    },
    {
      what: 'a class above 1 for a single output',
      build: () => endingIn(dense({ units: 1, activation: 'sigmoid' })),
      config: { loss: { name: 'binary_crossentropy', labelSmoothing: 0 } },
      ...labelled(Uint8Array.of(0, 1, 2, 1)),
      message:
        'labels: expected classes from 0 to 1 as the model has one unit for two classes, found 2 at place 2',
    },
    {
      what: 'targets of binary crossentropy outside 0 to 1',
      build: () => endingIn(dense({ units: 2, activation: 'sigmoid' })),
      config: { loss: { name: 'binary_crossentropy', labelSmoothing: 0 } },
      ...labelled(Float32Array.of(0, 1, 1, 0, -1, 1, 0, 0)),
      message: 'labels: expected numbers from 0 to 1 for binary_crossentropy, found -1 at place 4',
    },
    {
      what: 'images that are neither bytes nor floats',
      batch: ({ images }) => ({ images: Int32Array.from(images) }),
      message: 'images: expected bytes in a Uint8Array or numbers in a Float32Array, found Int32Array of 288',
      when: 'batch',
    },
    {
      what: 'missing images',
      batch: ({ images }) => ({ images: (images as Float32Array).slice(72) }),
      message: 'images: expected 288 numbers for 4 images of shape [6,6,2], found 216',
      when: 'batch',
    },
    {
      what: 'a pixel that is not finite',
      batch: ({ images }) => ({
        images: (images as Float32Array).map((x, i) => (i === 100 ? Number.NaN : x)),
      }),
      message: 'images: expected finite numbers, found NaN in image 1',
      when: 'batch',
    },
    {
      what: 'fewer images than belong into the batch',
      batch: ({ images }) => ({
        images: (images as Float32Array).slice(72),
        labels: Uint8Array.of(0, 1, 2),
        size: 3,
      }),
      message: 'expected 4 images at this place of the epoch, found 3',
      when: 'batch',
    },
    {
      what: 'more images than belong into the batch',
      source: { size: 3 },
      message: 'expected 3 images at this place of the epoch, found 4',
      when: 'batch',
    },
    {
      what: 'sample weights of another number of images',
      batch: () => ({ sampleWeights: new Float32Array(3) }),
      message: 'sampleWeights: expected a Float32Array of 4 numbers, found Float32Array of 3',
      when: 'batch',
    },
    {
      what: 'a sample weight that is not finite',
      batch: () => ({ sampleWeights: Float32Array.of(1, 1, Number.POSITIVE_INFINITY, 1) }),
      message: 'sampleWeights: expected finite numbers, found Infinity for image 2',
      when: 'batch',
    },
    {
      what: 'images of another shape with the same number of pixels',
      source: { imageShape: [2, 6, 6] },
      message: "train: expected images of shape [6,6,2] as the model's input, found [2,6,6]",
    },
    {
      what: 'a number of batches that does not fit the number of images',
      source: { batchesPerEpoch: 2 },
      message:
        'train: expected ceil(size / batchSize) batches in an epoch, found 2 for 4 images in batches of 4',
    },
    {
      what: 'a source without images',
      source: { size: 0, batchesPerEpoch: 0 },
      message: 'found 0 for 0 images in batches of 4',
    },
  ],
};
