import type { Classification, MaskedPasses } from '../shared/compute/playground.ts';
import { type Latest, useLatest } from './use-latest.ts';
import type { OpenModel } from './use-model.ts';
import type { ShownPicture } from './use-picture.ts';

/** Number of passes, each with masks of its own, whose spread is shown. */
export const PASSES = 30;

/** A model's predictions for a picture, without masks and with them. */
export interface Passes {
  readonly plain: Latest<Classification>;
  readonly masked: Latest<MaskedPasses>;
}

interface PassesOptions {
  readonly opened: OpenModel | undefined;
  readonly shown: ShownPicture;
  /** The dropout rate of the masks; null for the model's own. */
  readonly rate: number | null;
  /** Number of the draw: another one gives other masks. */
  readonly draw: number;
}

/** Computes the predictions, again whenever the model, the picture, the rate or the draw changes. */
export const usePasses = (
  { opened, shown: { picture, id }, rate, draw }: PassesOptions,
  onError: (error: Error) => void,
): Passes => ({
  plain: useLatest<Classification>(
    opened && picture ? `${opened.id} ${id}` : null,
    () => opened!.thread.call((services) => services.classify(picture!.pixels)),
    onError,
  ),
  masked: useLatest<MaskedPasses>(
    opened && picture ? `${opened.id} ${id} ${rate} ${draw}` : null,
    () =>
      opened!.thread.call((services) =>
        services.maskedPasses(picture!.pixels, { rate, draw, passes: PASSES }),
      ),
    onError,
  ),
});
