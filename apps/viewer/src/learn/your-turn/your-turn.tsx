import type { StepContentProps } from '../step.ts';
import { TurnStage } from './turn-stage.tsx';

/** Step 6: a reader overfits a network, and cures it. */
export const YourTurn = (_: StepContentProps) => (
  <>
    <p class="step-words">
      Let a network overfit: it has some 200 drawn shapes to learn, and is measured on 800 others. Then choose
      a rate, and train the same network again, from the same start, with dropout.
    </p>
    <div class="stage">
      <TurnStage />
    </div>
  </>
);
