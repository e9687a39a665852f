import { useLatest } from '../../playground/use-latest.ts';
import type { ComputeThread } from '../../shared/compute/compute-thread.ts';
import type { UnitEffect } from '../../shared/compute/lesson.ts';
import { percent } from '../../shared/format.ts';
import './effect-of-unit.css';

interface EffectOfUnitProps {
  readonly thread: ComputeThread;
  readonly classNames: readonly string[];
  readonly pixels: Uint8Array;
  /** Another one for another picture. */
  readonly imageKey: string;
  readonly choice: { readonly rate: number; readonly draw: number; readonly unit: number };
  readonly isKept: boolean;
  readonly onError: (error: Error) => void;
}

/** The part of one unit in the prediction: as the mask is, and with the unit turned over. */
export const EffectOfUnit = ({
  thread,
  classNames,
  pixels,
  imageKey,
  choice,
  isKept,
  onError,
}: EffectOfUnitProps) => {
  const { rate, draw, unit } = choice;
  const { value: effect, isCurrent } = useLatest(
    `${imageKey} ${rate} ${draw} ${unit} ${isKept}`,
    async () => ({
      isKept,
      ...(await thread.call((services) => services.unitEffect(pixels, choice))),
    }),
    onError,
  );
  return (
    <section class="effect" aria-label="The unit in the prediction" aria-busy={!isCurrent}>
      <h3>In the prediction</h3>
      <ol>
        {classNames.map((name, k) => (
          <li key={name}>
            <span>{name}</span>
            <span class="effect-bar">
              {effect && <span style={{ width: `${100 * effect.asDrawn[k]!}%` }} />}
              {effect && <i style={{ left: `${100 * effect.turned[k]!}%` }} />}
            </span>
            <b>{percent(effect?.asDrawn[k])}</b>
          </li>
        ))}
      </ol>
      <p class="muted small">{effect && sentenceOf(effect, classNames)}</p>
    </section>
  );
};

/** Returns what would change most if the unit were dropped, or kept. */
const sentenceOf = (
  { asDrawn, turned, isKept }: UnitEffect & { readonly isKept: boolean },
  classNames: readonly string[],
): string => {
  const changes = asDrawn.map((value, k) => Math.abs(turned[k]! - value));
  const most = changes.indexOf(Math.max(...changes));
  const unit = isKept ? 'This unit is kept. Were it dropped' : 'This unit is dropped. Were it kept';
  const [before, after] = [percent(asDrawn[most], 2), percent(turned[most], 2)];
  return before === after
    ? `${unit}, no class would change by a hundredth of a percent: the others stand in for it.`
    : `${unit}, “${classNames[most]}” would go from ${before} to ${after} (the lines).`;
};
