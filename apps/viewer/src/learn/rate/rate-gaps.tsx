import { AccuracyAxis, AREA, HEIGHT, WIDTH, yOf } from './frame.tsx';
import type { RateArm } from './rates.ts';

interface RateGapsProps {
  readonly arms: readonly RateArm[];
  readonly chosen: number;
  readonly onChoose: (index: number) => void;
}

/** The gap at the end, for each rate: a ring is training, a dot validation. */
export const RateGaps = ({ arms, chosen, onChoose }: RateGapsProps) => {
  const step = (AREA.right - AREA.left) / arms.length;
  const best = arms.reduce((most, arm) => (arm.validation > most.validation ? arm : most));
  return (
    <figure class="rate-chart">
      <figcaption>At the end, for each rate</figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`Accuracy at the end for rates from 0 to ${arms.at(-1)!.rate}: validation is highest at rate ${best.rate}`}
      >
        <AccuracyAxis />
        {arms.map(({ rate, training, validation }, i) => {
          const x = AREA.left + (i + 0.5) * step;
          return (
            // The slider does the same by keyboard.
            <g
              key={rate}
              class={i === chosen ? 'rate-gap chosen' : 'rate-gap'}
              onPointerDown={() => onChoose(i)}
            >
              <rect
                class="reach"
                x={x - step / 2 + 1}
                width={step - 2}
                y={AREA.top}
                height={AREA.bottom - AREA.top}
                rx="5"
              />
              <line x1={x} x2={x} y1={yOf(training)} y2={yOf(validation)} />
              <circle class="training" cx={x} cy={yOf(training)} r="4" />
              <circle cx={x} cy={yOf(validation)} r="4" />
              <text x={x} y={AREA.bottom + 16} text-anchor="middle">
                {rate.toFixed(1)}
              </text>
            </g>
          );
        })}
      </svg>
    </figure>
  );
};
