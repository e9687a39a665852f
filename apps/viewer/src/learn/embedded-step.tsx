import type { LearnStep } from '../shared/address.ts';
import { StepFrame } from './parts/step-frame.tsx';
import { steps } from './steps.tsx';
import './embedded-step.css';

/** One step alone, for a frame of another page. */
export const EmbeddedStep = ({ name }: { readonly name: LearnStep }) => {
  const step = steps.find((one) => one.name === name)!;
  return (
    <div class="embedded">
      <StepFrame step={step} number={1 + steps.indexOf(step)} isEmbedded />
    </div>
  );
};
