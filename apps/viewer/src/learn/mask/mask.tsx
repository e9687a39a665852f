import { LiveStage } from '../parts/live-stage.tsx';
import type { StepContentProps } from '../step.ts';
import { MaskStage } from './mask-stage.tsx';

/** Step 2: the first layer's maps for a picture, a mask over them, and one unit on its way to the prediction. */
export const Mask = ({ isNear }: StepContentProps) => (
  <>
    <p class="step-words">
      A <dfn>feature map</dfn> shows where a filter finds its pattern in the picture; each of its squares is a{' '}
      <dfn>unit</dfn>. In training, dropout lays a random <dfn>mask</dfn> over the maps: what it covers
      becomes zero, and the rest is made larger.{' '}
      <span class="hint">Point at a unit, and follow its number.</span>
    </p>
    <LiveStage isNear={isNear}>{(live) => <MaskStage live={live} />}</LiveStage>
  </>
);
