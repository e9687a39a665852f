/** A class and its probability. */
export interface Classification {
  /** The name of the class. */
  readonly label: string;
  /** 0..1, with dropout off; those of all classes add up to 1. */
  readonly probability: number;
  /** Standard deviation of the probability over the masked passes; absent where none were asked for. */
  readonly spread?: number;
}

/** A picture of any size: what a page shows, a file by its content or address, or pixels. */
export type Picture =
  | HTMLImageElement
  | HTMLCanvasElement
  | OffscreenCanvas
  | HTMLVideoElement
  | ImageBitmap
  | ImageData
  | VideoFrame
  | Blob
  | ArrayBuffer
  | Uint8Array
  | URL
  | string;

/** Classifies pictures. */
export interface Classifier {
  /**
   * Returns all classes, the most probable first.
   *
   * @param options `passes`: passes with dropout on, for the spread, at least 2. `seed`: another number draws other masks.
   */
  (
    picture: Picture,
    options?: { readonly passes?: number; readonly seed?: number },
  ): Promise<Classification[]>;
  readonly classNames: readonly string[];
  /** Whether the model has dropout, and so a spread. */
  readonly hasSpread: boolean;
  /** Frees the memory of the model's weights. */
  dispose(): void;
}

/** Loads the classifier of this folder, by its address, which may be relative to the page. */
export declare const loadClassifier: (folder: string | URL) => Promise<Classifier>;
