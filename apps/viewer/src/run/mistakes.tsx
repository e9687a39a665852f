import { mistakesChart } from '@dropout-lab/charts';
import { datasetKey, type Predictions, type RunConfig } from '@dropout-lab/contracts';
import { mostConfident } from '@dropout-lab/metrics';
import { useCallback, useMemo } from 'preact/hooks';
import { Drawing } from '../shared/charts/drawing.tsx';
import { type Loaded, useLoaded } from '../shared/controls/use-loaded.ts';
import { hasTestImages, noImages } from '../shared/images/origin.ts';
import type { Picture } from '../shared/images/pixels.ts';
import { openTestImages } from '../shared/images/test-images.ts';
import { linkTo, show, view } from '../shared/state.ts';
import { Section } from './section.tsx';

interface MistakesProps {
  /** Name of the run. */
  readonly run: string;
  /** Whether its model can be opened in the playground. */
  readonly isOpenable: boolean;
  readonly predictions: Loaded<Predictions>;
  readonly config: RunConfig;
  readonly classNames: readonly string[];
}

/** The most images that are shown. */
const TILES = 24;

/** The images of the chosen cell, or those that were mistaken with most confidence. */
export const Mistakes = ({ run, isOpenable, predictions, config, classNames }: MistakesProps) => {
  const { cell } = view.value;
  const { dataset } = config;
  const areHere = hasTestImages(dataset);
  const chosen = useMemo(() => {
    if (predictions.state !== 'ready') return [];
    const { value } = predictions;
    return cell === null ? mostConfident(value) : mostConfident(value, (t, p) => `${t}-${p}` === cell);
  }, [predictions, cell]).slice(0, TILES);
  const images = useLoaded<readonly Picture[]>(
    areHere && chosen.length > 0 ? `${datasetKey(dataset)} ${chosen.join(' ')}` : null,
    async () => (await openTestImages(dataset)).read(chosen),
  );
  const title = cell === null ? 'Most confidently wrong' : titleOf(cell, classNames);
  return (
    <Section
      title={title}
      loaded={predictions}
      none="This run has no predictions for single images: train or evaluate it again."
    >
      {(all) => {
        return (
          <>
            {cell !== null && (
              <button type="button" class="link" onClick={() => show({ cell: null })}>
                Show the most confidently wrong
              </button>
            )}
            {chosen.length === 0 && <p class="muted">There are no such images.</p>}
            {!areHere && <p class="muted">{noImages(dataset)}</p>}
            {images.state === 'failed' && <p class="error">{images.reason}</p>}
            {images.state === 'loading' && <p class="muted placeholder">Loading the images …</p>}
            {images.state === 'ready' && images.value.length === chosen.length && (
              <Tiles
                run={isOpenable ? run : undefined}
                pictures={images.value}
                predictions={all}
                chosen={chosen}
                classNames={classNames}
              />
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
  /** The run whose model looks at an image that is clicked; undefined where it has none. */
  readonly run: string | undefined;
  readonly pictures: readonly Picture[];
  readonly predictions: Predictions;
  readonly classNames: readonly string[];
  /** Places in the data set. */
  readonly chosen: readonly number[];
}

const Tiles = ({
  run,
  pictures,
  predictions: { labels, predicted, confidence },
  chosen,
  classNames,
}: TilesProps) => {
  const draw = useCallback(
    (width: number) => {
      const mistakes = chosen.map((image, i) => ({
        image,
        picture: pictures[i]!,
        actual: classNames[labels[image]!]!,
        predicted: classNames[predicted[image]!]!,
        confidence: confidence[image]!,
      }));
      const linkOf =
        run === undefined ? undefined : (image: number) => linkTo('playground', { runs: [run], image });
      return mistakesChart(mistakes, { width, linkOf });
    },
    [run, pictures],
  );
  return <Drawing draw={draw} />;
};
