import type { ImagesFormat } from './format.ts';
import { requireCifar, requireFolderNames } from './require-writable.ts';

/** The formats that images can be written in. */
export const imagesFormats = {
  cifar: {
    description: "CIFAR-10's binary layout, for colour images of 32 by 32 pixels of at most 256 classes",
    require: requireCifar,
    load: async () => (await import('./cifar-files.ts')).writeCifarFiles,
  },
  folder: {
    description: 'folders of PNG files by split and class',
    require: requireFolderNames,
    load: async () => (await import('./png-folder.ts')).writePngFolder,
  },
  parquet: {
    description: "Hugging Face's layout, a Parquet file of PNG images for each split",
    require: () => {},
    load: async () => (await import('./parquet-files.ts')).writeParquetFiles,
  },
} as const satisfies Readonly<Record<string, ImagesFormat>>;

export type ImagesFormatName = keyof typeof imagesFormats;

export const imagesFormatNames = Object.keys(imagesFormats) as ImagesFormatName[];
