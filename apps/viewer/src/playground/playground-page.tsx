import { datasetOf, type ImageDataset } from '@dropout-lab/contracts';
import { useMemo, useRef, useState } from 'preact/hooks';
import { MOST_DROPPED } from '../shared/address.ts';
import { sampleImages } from '../shared/compute/images.ts';
import type { Classification, MaskedPasses } from '../shared/compute/playground.ts';
import { BackendSelect } from '../shared/controls/backend-select.tsx';
import { Fault } from '../shared/controls/fault.tsx';
import { Message } from '../shared/controls/message.tsx';
import { PictureCanvas } from '../shared/controls/picture-canvas.tsx';
import { useLoaded } from '../shared/controls/use-loaded.ts';
import { figure, percent } from '../shared/format.ts';
import { fetchCommand, imageShapeOf, originOf } from '../shared/images.ts';
import { loadModel, loadTestImages } from '../shared/run-files.ts';
import { linkTo, show, summaries, view } from '../shared/state.ts';
import { type Summary, shownCheckpoint } from '../shared/summary.ts';
import { Maps } from './maps.tsx';
import { highest, keptFraction } from './mosaic.ts';
import { type Picture, pictureOf, pictureOfFile } from './pixels.ts';
import { Predictions } from './predictions.tsx';
import { TestImages } from './test-images.tsx';
import { type Compute, useCompute } from './use-compute.ts';
import { useLatest } from './use-latest.ts';
import { useModel } from './use-model.ts';
import { usePastedImage } from './use-pasted-image.ts';
import { Webcam } from './webcam.tsx';

/** Passes with masks of their own, whose spread is shown. */
const PASSES = 30;

/** A trained model at work on any picture, with the masks of dropout. */
export const PlaygroundPage = () => {
  const trained = summaries.value.filter((summary) => shownCheckpoint(summary) !== undefined);
  // Once chosen it stays, though another run in training may become better.
  const held = useRef<string | undefined>(undefined);
  const named = (name: string | undefined) => trained.find((summary) => summary.name === name);
  const chosen = named(view.value.runs[0]) ?? named(held.current) ?? bestOf(trained);
  held.current = chosen?.name;
  if (!chosen) {
    return (
      <Message title="No model yet">
        <p>
          The playground shows a trained model at work, and no run here has a checkpoint to load.{' '}
          <a href={linkTo('train')}>Train one in this page</a>, or with <code>npm run train:quick</code>.
        </p>
      </Message>
    );
  }
  return <Playground key={chosen.name} chosen={chosen} trained={trained} />;
};

/** Validation accuracy of the model that is shown, where it is known. */
const accuracyOf = (summary: Summary): number | undefined => shownCheckpoint(summary)?.row?.val_accuracy;

/**
 * The dropout rates that a model is described with, whatever its preset: what the built model does is said by the thread
 * that opens it, and TensorFlow.js is not loaded to choose one.
 */
const ratesIn = (part: unknown): number[] => {
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([key, value]) =>
    key === 'rate' && typeof value === 'number' ? [value] : ratesIn(value),
  );
};

/** The best of those that were trained with dropout, else of all. */
const bestOf = (trained: readonly Summary[]): Summary | undefined => {
  const dropped = trained.filter(({ run }) => ratesIn(run.manifest.config.model).some((rate) => rate > 0));
  return [...(dropped.length > 0 ? dropped : trained)].sort(
    (a, b) => (accuracyOf(b) ?? 0) - (accuracyOf(a) ?? 0),
  )[0];
};

const Playground = ({
  chosen,
  trained,
}: {
  readonly chosen: Summary;
  readonly trained: readonly Summary[];
}) => {
  const { name, run } = chosen;
  const { config, classNames } = run.manifest;
  const [compute, onFault] = useCompute(view.value.backend === 'auto' ? 'webgl' : view.value.backend);
  const checkpoint = shownCheckpoint(chosen)!;
  const weights = useLoaded(
    `${name} ${checkpoint.name} ${checkpoint.row?.epoch}`,
    async () => (await loadModel(name, checkpoint.name)).weights,
  );
  const origin = originOf(config.dataset).kind;
  const [height, width, channels] = imageShapeOf(config);
  const size = { width, height, channels };
  // A model may be of images of another size than those of its data set.
  const fits = `${datasetOf(config.dataset).imageShape}` === `${[height, width, channels]}`;
  const images = useLoaded<ImageDataset>(
    origin === 'nowhere' || !fits ? null : `${config.dataset} ${origin}`,
    async () => (origin === 'sample' ? (await sampleImages()).test : loadTestImages(config.dataset)),
  );
  const [given, setGiven] = useState<Picture>();
  const [fault, setFault] = useState<string>();
  const [draw, setDraw] = useState(0);
  /** Another number, and the webcam is off. */
  const [camera, setCamera] = useState(0);

  const take = (file: Blob | null | undefined): void => {
    if (!file) return;
    pictureOfFile(file, size).then(
      (picture) => {
        setCamera(camera + 1);
        setGiven(picture);
        setFault(undefined);
      },
      (error: Error) => setFault(error.message),
    );
  };
  usePastedImage(take);

  const picture = useMemo(
    () =>
      given ??
      (images.state === 'ready'
        ? pictureOf(images.value, view.value.image % images.value.labels.length)
        : undefined),
    [given, images, view.value.image],
  );
  const model = useMemo(
    () => (weights.state === 'ready' ? { config, weights: weights.value } : undefined),
    [weights],
  );
  const opened = useModel(compute, model, onFault);
  const { masked: rate } = view.value;
  const shownRate = rate ?? opened?.dropout.rate ?? 0;
  const id = usePictureId(picture);
  const plain = useLatest<Classification>(
    opened && picture ? `${opened.id} ${id}` : null,
    () => opened!.thread.ask((services) => services.classify(picture!.pixels)),
    onFault,
  );
  const masked = useLatest<MaskedPasses>(
    opened && picture ? `${opened.id} ${id} ${rate} ${draw}` : null,
    () =>
      opened!.thread.ask((services) =>
        services.maskedPasses(picture!.pixels, { rate, draw, passes: PASSES }),
      ),
    onFault,
  );
  const masks = masked.value?.masks ?? [];
  const problem =
    compute.state === 'failed'
      ? compute.fault
      : weights.state === 'failed'
        ? weights.reason
        : images.state === 'failed'
          ? images.reason
          : undefined;

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a file can be chosen with the button, too
    <div
      class="playground"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        take(event.dataTransfer?.files[0]);
      }}
    >
      <div class="title-row">
        <h1>Playground</h1>
        <label class="labelled">
          Model
          <select
            value={name}
            onChange={({ currentTarget }) => show({ runs: [currentTarget.value], masked: null })}
          >
            {trained.map((one) => (
              <option key={one.name} value={one.name}>
                {`${one.name} (${percent(accuracyOf(one))})`}
              </option>
            ))}
          </select>
        </label>
        <BackendSelect class="labelled" auto="WebGL, else wasm" />
      </div>
      <Fault message={problem} />
      <div class="bench">
        <section class="picture" aria-label="Picture">
          <figure>
            {picture ? (
              <PictureCanvas class="pixels large" picture={picture} />
            ) : (
              <div class="pixels large" />
            )}
            <figcaption>
              {picture?.title ?? (images.state === 'none' ? 'No picture yet' : 'Loading the images …')}
            </figcaption>
          </figure>
          <div class="actions">
            <label class="button">
              Choose a picture
              <input
                type="file"
                accept="image/*"
                class="hidden"
                onChange={({ currentTarget }) => {
                  take(currentTarget.files?.[0]);
                  // The same file may be chosen again.
                  currentTarget.value = '';
                }}
              />
            </label>
            <Webcam key={camera} size={size} isIdle={plain.isCurrent} onPicture={setGiven} />
          </div>
          <p class="muted small">Or drop one on this page, or paste one.</p>
          <Fault message={fault} />
          {origin === 'nowhere' && (
            <p class="muted small">{`Its test images are not here: ${fetchCommand(config.dataset)} brings them.`}</p>
          )}
          {images.state === 'ready' && (
            <TestImages
              images={images.value}
              shown={given ? undefined : view.value.image % images.value.labels.length}
              onChoose={(index) => {
                setCamera(camera + 1);
                setGiven(undefined);
                show({ image: index });
              }}
            />
          )}
        </section>
        <section aria-label="Prediction" aria-busy={!plain.isCurrent}>
          <h2>Prediction</h2>
          <Predictions
            classNames={classNames}
            label={picture?.label ?? null}
            plain={plain.value}
            masked={masked.value}
          />
          <div class="rate">
            <label>
              <span>Dropout rate</span>
              <input
                type="range"
                min="0"
                max={MOST_DROPPED}
                step="0.05"
                value={shownRate}
                disabled={opened?.dropout.isAdjustable === false}
                onInput={({ currentTarget }) => show({ masked: currentTarget.valueAsNumber })}
              />
              <output>{shownRate.toFixed(2)}</output>
            </label>
            <button
              type="button"
              class="button"
              disabled={masked.isCurrent && masks.length === 0}
              onClick={() => setDraw(draw + 1)}
            >
              Draw other masks
            </button>
          </div>
          <Speed compute={compute} plain={plain.value} masked={masked.value} />
        </section>
      </div>
      <Maps
        title="Masks of dropout"
        about={
          masks.length === 0
            ? opened?.dropout.isAdjustable === false
              ? 'This model has no dropout layers.'
              : 'At rate 0 nothing is dropped.'
            : 'Of the first pass: a unit is kept (light) or dropped (dark), a tile for each feature map.'
        }
        maps={masks}
        isCurrent={masked.isCurrent}
        captionOf={(map) =>
          `${map.layer}: ${percent(keptFraction(map), 1)} kept of ${map.values.length}, and multiplied by ${figure(highest(map.values), 2)}`
        }
      />
      <Maps
        title="Feature maps"
        about="What each convolution finds in the picture; the brightest point of a layer is white."
        maps={plain.value?.featureMaps ?? []}
        isCurrent={plain.isCurrent}
        captionOf={({ layer, shape }) => `${layer}: ${shape[2]} maps of ${shape[0]} × ${shape[1]}`}
      />
    </div>
  );
};

/** Another number for each picture. */
const usePictureId = (picture: Picture | undefined): number => {
  const id = useMemo(() => ({ value: 0 }), []);
  useMemo(() => {
    id.value++;
  }, [picture]);
  return id.value;
};

const Speed = ({
  compute,
  plain,
  masked,
}: {
  readonly compute: Compute;
  readonly plain: Classification | undefined;
  readonly masked: MaskedPasses | undefined;
}) => (
  <div class="muted small">
    <p role="status" aria-label="What computes">
      {compute.state === 'starting' && 'Loading TensorFlow.js …'}
      {compute.state === 'ready' && compute.reason}
    </p>
    {plain && masked && compute.state === 'ready' && (
      <p>{`The plain pass took ${plain.milliseconds.toFixed(0)} ms, ${PASSES} masked ones ${masked.milliseconds.toFixed(0)} ms.`}</p>
    )}
  </div>
);
