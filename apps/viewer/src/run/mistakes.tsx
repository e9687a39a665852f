import type { ImageDataset, Predictions, RunConfig } from '@dropout-lab/contracts';
import { ImageTile } from '../shared/controls/image-tile.tsx';
import { type Loaded, useLoaded } from '../shared/controls/use-loaded.ts';
import { percent } from '../shared/format.ts';
import { fetchCommand, originOf } from '../shared/images/origin.ts';
import { loadTestImages } from '../shared/runs/run-files.ts';
import { show, view } from '../shared/state.ts';
import { Section } from './section.tsx';
import './mistakes.css';

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
  const images = useLoaded<ImageDataset>(areHere && predictions.state === 'ready' ? dataset : null, () =>
    loadTestImages(dataset),
  );
  const title = cell === null ? 'Most confidently wrong' : titleOf(cell, classNames);
  return (
    <Section
      title={title}
      loaded={predictions}
      none="This run has no predictions for single images: train or evaluate it again."
    >
      {(all) => {
        const chosen = cell === null ? confidentlyWrong(all) : inCell(all, cell);
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
              <div class="tiles">
                {chosen.slice(0, TILES).map((i) => (
                  <ImageTile
                    key={i}
                    images={images.value}
                    index={i}
                    caption={`${classNames[all.predicted[i]!]} ${percent(all.confidence[i], 0)}, is ${classNames[all.labels[i]!]}`}
                  />
                ))}
              </div>
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

const byConfidence = ({ confidence }: Predictions, chosen: readonly number[]): number[] =>
  [...chosen].sort((a, b) => confidence[b]! - confidence[a]!);

const confidentlyWrong = (all: Predictions): number[] =>
  byConfidence(
    all,
    [...all.labels.keys()].filter((i) => all.labels[i] !== all.predicted[i]),
  );

const inCell = (all: Predictions, cell: string): number[] =>
  byConfidence(
    all,
    [...all.labels.keys()].filter((i) => `${all.labels[i]}-${all.predicted[i]}` === cell),
  );
