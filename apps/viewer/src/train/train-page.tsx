import { datasetOf } from '@dropout-lab/contracts';
import { count } from '../shared/format.ts';
import { fetchCommand, originOf, SAMPLE_IMAGES } from '../shared/images/origin.ts';
import { currentConfig } from './form/form.ts';
import { SettingsForm } from './form/settings-form.tsx';
import { Results } from './results/results.tsx';
import { trainedArms } from './training.ts';
import './train-page.css';

/** Trains in the page, with dropout and without. */
export const TrainPage = () => (
  <div class="train">
    <div class="title-row">
      <h1>Train here</h1>
    </div>
    <div class="train-columns">
      <SettingsForm />
      <div class="train-results">
        {trainedArms.value.length === 0 ? <Introduction /> : <Results arms={trainedArms.value} />}
      </div>
    </div>
  </div>
);

const Introduction = () => {
  const { dataset } = currentConfig();
  return (
    <section class="prose">
      <p>
        {`Trains the ConvNet of the tutorial in this browser, on the images of ${datasetOf(dataset).title}, twice from the same start: with dropout and without. Watch validation loss: without dropout it soon rises again, while training loss falls on.`}
      </p>
      <p class="muted">{imagesInWords(dataset)}</p>
    </section>
  );
};

/** How many images there are to train on, and what brings more. */
const imagesInWords = (dataset: Parameters<typeof originOf>[0]): string => {
  const { title, trainImages } = datasetOf(dataset);
  const all = count(trainImages);
  const more = `“${fetchCommand(dataset)}” has brought them and “dropout-lab view” is started anew.`;
  switch (originOf(dataset).kind) {
    case 'sample':
      return `It trains on the ${SAMPLE_IMAGES} images that ship with the page. All ${all} are there once ${more}`;
    case 'nowhere':
      return `The images of ${title} are not here: they are once ${more}`;
    default:
      return `Fewer images overfit sooner; all ${all} are there, for a fast machine and some patience.`;
  }
};
