import { useState } from 'preact/hooks';
import { useLatest } from '../../playground/use-latest.ts';
import { ErrorMessage } from '../../shared/controls/error-message.tsx';
import type { LiveModel } from '../live/live-model.ts';
import { PictureStrip, useChosenPicture } from '../parts/picture-strip.tsx';
import { PlayButton } from '../parts/play-button.tsx';
import { Slider } from '../parts/slider.tsx';
import { usePlay } from '../parts/use-play.ts';
import { NetworkTiles } from './network-tiles.tsx';
import { SpreadRows } from './spread-rows.tsx';
import './networks-stage.css';

/** Number of networks. */
const NETWORKS = 30;
/** Time of a network while they play. */
const NETWORK_MS = 160;

/** The networks that masks leave, one by one, and what they say of a picture. */
export const NetworksStage = ({ live: { thread, images, rate } }: { readonly live: LiveModel }) => {
  const picture = useChosenPicture(images);
  const [draw, setDraw] = useState(0);
  const [shown, setShown] = useState(1);
  const [isOff, setOff] = useState(false);
  const [error, setError] = useState<string>();
  const latest = useLatest(
    `${picture.title} ${draw}`,
    () => thread.call((services) => services.networks(picture.pixels, { draw, count: NETWORKS })),
    ({ message }) => setError(message),
  );
  const play = usePlay({
    value: shown,
    first: 1,
    last: NETWORKS,
    milliseconds: NETWORK_MS,
    onValue: setShown,
  });
  const networks = latest.value;
  return (
    <>
      <div class="stage-controls">
        <PictureStrip images={images} />
        <span class="muted small">{picture.title}</span>
      </div>
      <ErrorMessage message={error} />
      {networks ? (
        <div class="networks" aria-busy={!latest.isCurrent}>
          <NetworkTiles
            networks={networks}
            classNames={images.classNames}
            shown={shown}
            onShow={(value) => {
              play.stop();
              setShown(value);
            }}
          />
          <SpreadRows
            networks={networks}
            classNames={images.classNames}
            label={picture.label}
            shown={shown}
            isOff={isOff}
          />
        </div>
      ) : (
        <p class="stage-loading">Computing thirty networks …</p>
      )}
      <div class="stage-controls">
        <PlayButton isPlaying={play.isPlaying} label="Play" onClick={play.toggle} />
        <Slider
          label="Networks"
          value={shown}
          min={1}
          max={NETWORKS}
          step={1}
          text={`${shown}`}
          onInput={(value) => {
            play.stop();
            setShown(value);
          }}
        />
        <label class="switch">
          <input
            type="checkbox"
            checked={isOff}
            onChange={({ currentTarget }) => setOff(currentTarget.checked)}
          />
          Dropout off: the whole network
        </label>
        <button type="button" class="button" onClick={() => setDraw(draw + 1)}>
          Thirty others
        </button>
      </div>
      <p class="muted small">{`The masks are those of training, at rate ${rate}.`}</p>
    </>
  );
};
