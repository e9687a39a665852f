import { LiveStage } from '../parts/live-stage.tsx';
import type { StepContentProps } from '../step.ts';
import { NetworksStage } from './networks-stage.tsx';

/** Step 3: one picture shown to thirty networks, each what one mask leaves; then to the whole. */
export const Networks = ({ isNear }: StepContentProps) => (
  <>
    <p class="step-words">
      Every mask leaves a different, thinner network, and dropout trains them all at once.{' '}
      <span class="hint">Play thirty of them.</span> On one picture, they have the same weights, and yet do
      not agree. In use dropout is off, and the whole network answers about as the <dfn>mean</dfn> of them
      would.
    </p>
    <LiveStage isNear={isNear}>{(live) => <NetworksStage live={live} />}</LiveStage>
  </>
);
