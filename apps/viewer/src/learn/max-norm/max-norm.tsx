import type { StepContentProps } from '../step.ts';
import { NormsStage } from './norms-stage.tsx';

/** Step 5: the norms of a layer's units while it trains, without a limit and with one. */
export const MaxNorm = (_: StepContentProps) => (
  <>
    <p class="step-words">
      Dropout is often used with large steps, which can take weights far. <dfn>Max-norm</dfn> limits the{' '}
      <dfn>norm</dfn> of each unit’s incoming weights: where a step takes it above, all of the unit’s weights
      are scaled back. Set the limit, and train twice from the same start.
    </p>
    <div class="stage">
      <NormsStage />
    </div>
  </>
);
