import { datasetOf } from '@dropout-lab/contracts';
import { useEffect, useRef } from 'preact/hooks';
import { count } from '../shared/format.ts';
import { fetchCommand, originOf, SAMPLE_IMAGES } from '../shared/images/origin.ts';
import { CutOff } from './cut-off.tsx';
import { currentConfig } from './form/form.ts';
import { SettingsForm } from './form/settings-form.tsx';
import { findCutOff } from './kept-training.ts';
import { Results } from './results/results.tsx';
import { trainedArms } from './training.ts';
import './training-status.ts';
import './train-page.css';

/** Trains on the page, with dropout and without. */
export const TrainPage = () => {
  useEffect(() => {
    if (trainedArms.value.length === 0) void findCutOff();
  }, []);
  const results = useRef<HTMLDivElement>(null);
  const started = trainedArms.value[0]?.id;
  useEffect(() => {
    // On a phone the form is above them, and longer than the screen.
    const { top } = results.current!.getBoundingClientRect();
    if (started !== undefined && top > innerHeight / 2) results.current!.scrollIntoView();
  }, [started]);
  return (
    <div>
      <div class="title-row">
        <h1>Train here</h1>
      </div>
      <div class="train-columns">
        <SettingsForm />
        <div class="train-results" ref={results}>
          {trainedArms.value.length === 0 && <CutOff />}
          {trainedArms.value.length === 0 ? <Introduction /> : <Results arms={trainedArms.value} />}
        </div>
      </div>
    </div>
  );
};

const Introduction = () => {
  const { dataset } = currentConfig();
  return (
    <section class="prose">
      <p>
        {`Trains the ConvNet of the tutorial in this browser, on the images of ${datasetOf(dataset).title}, twice from the same initial weights: with dropout and without. Watch validation loss: without dropout it soon rises again, while training loss keeps falling.`}
      </p>
      <p class="muted">{imagesInWords(dataset)}</p>
    </section>
  );
};

/** Returns how many images there are to train on, and how to get more. */
const imagesInWords = (dataset: Parameters<typeof originOf>[0]): string => {
  const { title, trainImages } = datasetOf(dataset);
  const all = count(trainImages);
  const more = `download them with “${fetchCommand(dataset)}” and start “dropout-lab view” again.`;
  switch (originOf(dataset).kind) {
    case 'sample':
      return `It trains on the ${SAMPLE_IMAGES} images that ship with the page. For all ${all}, ${more}`;
    case 'here':
      return 'Its pictures were decoded on this page. They are sent nowhere.';
    case 'nowhere':
      return `The images of ${title} are not on this machine: ${more}`;
    default:
      return `Fewer images overfit sooner; with a fast machine and some patience, train on all ${all}.`;
  }
};
