import { useRef, useState } from 'preact/hooks';
import { BackendSelect } from '../shared/controls/backend-select.tsx';
import { isOfRuns } from '../shared/controls/dropped-runs.tsx';
import { ErrorMessage } from '../shared/controls/error-message.tsx';
import { Message } from '../shared/controls/message.tsx';
import { percent } from '../shared/format.ts';
import type { RunOverview } from '../shared/runs/catalogue.ts';
import { arms, linkTo, overviews, show, view } from '../shared/state.ts';
import { bestOf } from './best-run.ts';
import { MaskedMaps } from './masked-maps.tsx';
import { Network } from './network.tsx';
import { PicturePanel } from './picture-panel.tsx';
import { PredictionPanel } from './prediction-panel.tsx';
import { SecondModel, SecondSelect, secondOf } from './second-model.tsx';
import { usePicture } from './use-picture.ts';
import { useTrained } from './use-trained.ts';
import './playground-page.css';

/** A trained model at work on any picture, with the masks of dropout. */
export const PlaygroundPage = () => {
  const trained = overviews.value.filter(({ checkpoint }) => checkpoint !== undefined);
  // The first choice stays, though another run in training may become better.
  const first = useRef<string | undefined>(undefined);
  const named = (name: string | undefined) => trained.find((overview) => overview.name === name);
  const chosen = named(view.value.runs[0]) ?? named(first.current) ?? bestOf(trained);
  first.current = chosen?.name;
  if (!chosen) {
    return (
      <Message title="No model yet">
        <p>
          The playground shows a trained model at work, but no run here has a checkpoint to load.{' '}
          <a href={linkTo('train')}>Train one on this page</a> or with <code>npm run train:quick</code>, or
          drop a model here: the ZIP of a run, <code>.safetensors</code>, or <code>model.json</code> with its
          weights.
        </p>
      </Message>
    );
  }
  return <Playground key={chosen.name} chosen={chosen} trained={trained} />;
};

interface PlaygroundProps {
  readonly chosen: RunOverview;
  readonly trained: readonly RunOverview[];
}

const Playground = ({ chosen, trained }: PlaygroundProps) => {
  const { config, classNames } = chosen.run.manifest;
  const shown = usePicture(config);
  const [draw, setDraw] = useState(0);
  const { masked: rate } = view.value;
  const { compute, opened, passes, problem } = useTrained(chosen, shown, draw);
  const second = secondOf({ chosen, trained });

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a file can be chosen with the button, too
    <div
      class="playground"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        const files = [...(event.dataTransfer?.files ?? [])];
        // The page around opens what is of a run or a model.
        if (files.length === 0 || files.some(isOfRuns)) return;
        event.preventDefault();
        shown.take(files[0]);
      }}
    >
      <div class="title-row">
        <h1>Playground</h1>
        <ModelSelect chosen={chosen} trained={trained} />
        <SecondSelect chosen={chosen} trained={trained} />
        <BackendSelect class="labelled" auto="WebGL, else wasm" />
      </div>
      <ErrorMessage message={problem} />
      <div class={second ? 'bench two' : 'bench'}>
        <PicturePanel shown={shown} overview={chosen} isIdle={passes.plain.isCurrent} />
        <PredictionPanel
          title={second ? (arms.value.get(chosen.name)?.label ?? chosen.name) : 'Prediction'}
          compute={compute}
          passes={passes}
          classNames={classNames}
          label={shown.picture?.label ?? null}
          dropout={opened?.dropout}
          rate={rate}
          onDraw={() => setDraw(draw + 1)}
        />
        {second && <SecondModel key={second.name} chosen={second} shown={shown} draw={draw} />}
      </div>
      <Network layers={opened?.layers} rate={rate} />
      <MaskedMaps passes={passes} dropout={opened?.dropout} />
    </div>
  );
};

const ModelSelect = ({ chosen, trained }: PlaygroundProps) => (
  <label class="labelled">
    Model
    <select
      value={chosen.name}
      onChange={({ currentTarget }) =>
        show({ runs: [currentTarget.value, ...view.value.runs.slice(1)], masked: null })
      }
    >
      {trained.map((one) => (
        <option key={one.name} value={one.name}>
          {one.status === 'imported'
            ? one.name
            : `${one.name} · validation accuracy ${percent(one.checkpoint?.accuracy)}`}
        </option>
      ))}
    </select>
  </label>
);
