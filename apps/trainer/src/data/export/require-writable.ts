import { ConfigError, type OwnImages } from '@dropout-lab/contracts';

/** A record has its class in one byte. */
const MOST_CIFAR_CLASSES = 256;

/** @throws ConfigError when images do not fit into CIFAR-10's records. */
export const requireCifar = ({ imageShape, classNames }: OwnImages): void => {
  if (imageShape.join() !== '32,32,3') {
    throw new ConfigError(
      `--format cifar: expected images of 32 x 32 x 3, which its records have, found ${imageShape.join(' x ')}: give --size 32 for colour pictures, or choose folder or parquet`,
    );
  }
  if (classNames.length > MOST_CIFAR_CLASSES) {
    throw new ConfigError(
      `--format cifar: expected at most ${MOST_CIFAR_CLASSES} classes, since a record has its label in one byte, found ${classNames.length}: choose folder or parquet`,
    );
  }
  const broken = classNames.find((name) => /[\r\n]/.test(name));
  if (broken === undefined) return;
  throw new ConfigError(
    `--format cifar: expected class names of one line, found ${JSON.stringify(broken)}: choose parquet`,
  );
};

/** Not those of every system, but of each of the usual ones. */
const isFolderName = (name: string): boolean =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Windows refuses them.
  !/[\\/:*?"<>|\u0000-\u001f]/.test(name) &&
  !/^\.|[. ]$|^ /.test(name) &&
  !/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)|^(?:thumbs\.db|desktop\.ini|__macosx)$/i.test(name) &&
  Buffer.byteLength(name) <= 255 &&
  name === name.normalize('NFC');

/** @throws ConfigError when a class has a name that no folder can have everywhere. */
export const requireFolderNames = ({ classNames }: OwnImages): void => {
  const seen = new Map<string, string>();
  for (const name of classNames) {
    if (!isFolderName(name)) {
      throw new ConfigError(
        `--format folder: expected class names that a folder can have, found ${JSON.stringify(name)}: choose parquet`,
      );
    }
    const other = seen.get(name.toLowerCase());
    if (other !== undefined) {
      throw new ConfigError(
        `--format folder: expected classes whose names differ in more than case, found ${other} and ${name}: choose parquet`,
      );
    }
    seen.set(name.toLowerCase(), name);
  }
};
