import { useState } from 'preact/hooks';
import { useLatest } from '../../playground/use-latest.ts';
import { MOST_DROPPED } from '../../shared/address.ts';
import { ErrorMessage } from '../../shared/controls/error-message.tsx';
import { PictureCanvas } from '../../shared/controls/picture-canvas.tsx';
import { show, view } from '../../shared/state.ts';
import type { LiveModel } from '../live/live-model.ts';
import { PictureStrip, useChosenPicture } from '../parts/picture-strip.tsx';
import { Slider } from '../parts/slider.tsx';
import { EffectOfUnit } from './effect-of-unit.tsx';
import { MapStrip } from './map-strip.tsx';
import { SumBars } from './sum-bars.tsx';
import { UnitPanels } from './unit-panels.tsx';
import { indexOfUnit, strongestUnit, type Unit } from './units.ts';
import './mask-stage.css';

/** A picture, the maps of the first layer with their mask, and one unit of them. */
export const MaskStage = ({ live: { thread, images, rate: own } }: { readonly live: LiveModel }) => {
  const picture = useChosenPicture(images);
  const [draw, setDraw] = useState(0);
  const [chosen, setChosen] = useState<Unit>();
  const [error, setError] = useState<string>();
  const rate = view.value.masked ?? own;
  const onError = ({ message }: Error): void => setError(message);
  const latest = useLatest(
    `${picture.title} ${rate} ${draw}`,
    () => thread.call((services) => services.maskedLayer(picture.pixels, { rate, draw })),
    onError,
  );
  const layer = latest.value;
  const unit = chosen ?? (layer && strongestUnit(layer));
  return (
    <>
      <div class="mask-top">
        <PictureStrip images={images} />
        <span class="muted small">Pictures that it was not trained on</span>
      </div>
      <ErrorMessage message={error} />
      {layer && unit ? (
        <>
          <div class="mask-maps">
            <figure class="mask-picture">
              <PictureCanvas picture={picture} />
              <figcaption>{picture.title}</figcaption>
            </figure>
            <UnitPanels layer={layer} unit={unit} onUnit={setChosen} />
          </div>
          <MapStrip layer={layer} map={unit.map} onMap={(map) => setChosen({ ...unit, map })} />
          <div class="stage-controls">
            <button type="button" class="button" onClick={() => setDraw(draw + 1)}>
              Draw another mask
            </button>
            <Slider
              label="Dropout rate"
              value={rate}
              min={0}
              max={MOST_DROPPED}
              step={0.05}
              text={rate.toFixed(2)}
              onInput={(masked) => show({ masked })}
            />
          </div>
          <div class="mask-ends">
            <SumBars layer={layer} rate={rate} />
            <EffectOfUnit
              thread={thread}
              classNames={images.classNames}
              pixels={picture.pixels}
              choice={{ rate, draw, unit: indexOfUnit(layer, unit) }}
              isKept={layer.mask[indexOfUnit(layer, unit)]! > 0}
              imageKey={picture.title}
              onError={onError}
            />
          </div>
        </>
      ) : (
        <p class="stage-loading">Computing the maps …</p>
      )}
    </>
  );
};
