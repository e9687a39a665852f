import { mistakesChart, mistakesOf } from '@dropout-lab/charts';
import { datasetKey, type ImageDataset, type Predictions, type RunConfig } from '@dropout-lab/contracts';
import { mostConfident } from '@dropout-lab/metrics';
import { useCallback } from 'preact/hooks';
import { Drawing } from '../shared/charts/drawing.tsx';
import { type Loaded, useLoaded } from '../shared/controls/use-loaded.ts';
import { fetchCommand, originOf } from '../shared/images/origin.ts';
import { loadTestImages } from '../shared/runs/run-files.ts';
import { show, view } from '../shared/state.ts';
import { Section } from './section.tsx';

interface MistakesProps {
  readonly predictions: Loaded<Predictions>;
  readonly config: RunConfig;
  readonly classNames: readonly string[];
}

/** The most images that are shown. */
const TILES = 24;

/** The images of the chosen cell, or those that were mistaken with most confidence. */
export const Mistakes = ({ predictions, config, classNames }: MistakesProps) => {
  const { cell } = view.value;
  const { dataset } = config;
  // A sample has only some of them, and under other numbers.
  const areHere = ['drawn', 'files'].includes(originOf(dataset).kind);
  const images = useLoaded<ImageDataset>(
    areHere && predictions.state === 'ready' ? datasetKey(dataset) : null,
    () => loadTestImages(dataset),
  );
  const title = cell === null ? 'Most confidently wrong' : titleOf(cell, classNames);
  return (
    <Section
      title={title}
      loaded={predictions}
      none="This run has no predictions for single images: train or evaluate it again."
    >
      {(all) => {
        const chosen =
          cell === null ? mostConfident(all) : mostConfident(all, (t, p) => `${t}-${p}` === cell);
        return (
          <>
            {cell !== null && (
              <button type="button" class="link" onClick={() => show({ cell: null })}>
                Show the most confidently wrong
              </button>
            )}
            {chosen.length === 0 && <p class="muted">There are no such images.</p>}
            {!areHere && (
              <p class="muted">{`The images themselves are not on this machine: ${fetchCommand(dataset)} downloads them.`}</p>
            )}
            {images.state === 'failed' && <p class="error">{images.reason}</p>}
            {images.state === 'loading' && <p class="muted placeholder">Loading the images …</p>}
            {images.state === 'ready' && (
              <Tiles images={images.value} predictions={all} chosen={chosen.slice(0, TILES)} />
            )}
          </>
        );
      }}
    </Section>
  );
};

const titleOf = (cell: string, classNames: readonly string[]): string => {
  const [t, p] = cell.split('-').map(Number);
  return `${classNames[t!] ?? 'unknown'} predicted as ${classNames[p!] ?? 'unknown'}`;
};

interface TilesProps {
  readonly images: ImageDataset;
  readonly predictions: Predictions;
  /** Places in the data set. */
  readonly chosen: readonly number[];
}

const Tiles = ({ images, predictions, chosen }: TilesProps) => {
  const draw = useCallback(
    (width: number) => mistakesChart(mistakesOf(images, predictions, chosen), { width }),
    [images, chosen.join()],
  );
  return <Drawing draw={draw} />;
};
