import type { ExportFormat } from './format.ts';

/** The formats of `dropout-lab export`, by their names. */
export const exportFormats = {
  'keras-weights': {
    description: 'weights for a model of the same layers in Keras 3',
    extension: '.weights.h5',
    load: async () => (await import('./keras-weights.ts')).writeKerasWeights,
  },
  web: {
    description: 'a page that classifies pictures, and a script for pages of your own',
    load: async () => (await import('./web.ts')).writeWeb,
  },
  tensorboard: {
    description: 'event files of TensorBoard, of one run or several',
    takesSeveralRuns: true,
    load: async () => (await import('./tensorboard.ts')).writeTensorBoard,
  },
  keras: {
    description: 'the whole model, which keras.saving.load_model opens',
    extension: '.keras',
    load: async () => (await import('./keras.ts')).writeKeras,
  },
  onnx: {
    description: 'the model for prediction, opset 17, for onnxruntime and converters',
    extension: '.onnx',
    load: async () => (await import('./onnx.ts')).writeOnnx,
  },
  safetensors: {
    description: 'weights by their names, with layers and classes in the metadata',
    extension: '.safetensors',
    load: async () => (await import('./safetensors.ts')).writeSafetensors,
  },
  hub: {
    description: 'a folder with a model card, settings and weights, to upload to a model hub',
    load: async () => (await import('./hub.ts')).writeHub,
  },
} as const satisfies Readonly<Record<string, ExportFormat>>;

/** The name of a format of `dropout-lab export`. */
export type ExportFormatName = keyof typeof exportFormats;

export const exportFormatNames = Object.keys(exportFormats) as ExportFormatName[];

/** The format that is written where neither `--format` nor the name of `--output` says another. */
export const DEFAULT_FORMAT: ExportFormatName = 'keras-weights';
