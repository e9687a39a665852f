import type { Classification, MaskedPasses } from '../shared/compute/playground.ts';
import { type Latest, useLatest } from './use-latest.ts';
import type { OpenModel } from './use-model.ts';
import type { ShownPicture } from './use-picture.ts';

/** Passes with masks of their own, whose spread is shown. */
export const PASSES = 30;

/** What a model makes of a picture: without masks, and with. */
export interface Passes {
  readonly plain: Latest<Classification>;
  readonly masked: Latest<MaskedPasses>;
}

interface PassesOptions {
  readonly opened: OpenModel | undefined;
  readonly shown: ShownPicture;
  /** Of dropout; null for the model's own. */
  readonly rate: number | null;
  /** Which masks: another number, and they are others. */
  readonly draw: number;
}

/** Has the model look at the picture whenever one of them, the rate or the draw is another. */
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
