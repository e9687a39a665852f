import { ErrorMessage } from '../shared/controls/error-message.tsx';
import { imageShapeOf } from '../shared/images/origin.ts';
import type { RunOverview } from '../shared/runs/catalogue.ts';
import { arms, show, view } from '../shared/state.ts';
import { Predictions } from './predictions.tsx';
import type { ShownPicture } from './use-picture.ts';
import { useTrained } from './use-trained.ts';

interface SecondModelProps {
  readonly chosen: RunOverview;
  readonly shown: ShownPicture;
  /** Number of the draw of masks. */
  readonly draw: number;
}

/** Another model, and what it predicts for the same picture. */
export const SecondModel = ({ chosen, shown, draw }: SecondModelProps) => {
  const { passes, problem } = useTrained(chosen, shown, draw);
  const { plain, masked } = passes;
  return (
    <section aria-label={`Prediction of ${chosen.name}`} aria-busy={!plain.isCurrent}>
      <h2>{arms.value.get(chosen.name)?.label ?? chosen.name}</h2>
      <ErrorMessage message={problem} />
      <Predictions
        classNames={chosen.run.manifest.classNames}
        label={shown.picture?.label ?? null}
        plain={plain.value}
        masked={masked.value}
      />
    </section>
  );
};

/** Returns whether two models look at the same pictures and know the same classes. */
const areComparable = (a: RunOverview, b: RunOverview): boolean =>
  `${imageShapeOf(a.run.manifest.config)} ${a.run.manifest.classNames}` ===
  `${imageShapeOf(b.run.manifest.config)} ${b.run.manifest.classNames}`;

interface SecondSelectProps {
  readonly chosen: RunOverview;
  readonly trained: readonly RunOverview[];
}

/** Returns the model that is chosen to look at the same picture; undefined where there is none. */
export const secondOf = ({ chosen, trained }: SecondSelectProps): RunOverview | undefined =>
  trained.find((one) => one.name === view.value.runs[1] && one !== chosen && areComparable(one, chosen));

/** The choice of a second model; nothing where there is none to choose. */
export const SecondSelect = ({ chosen, trained }: SecondSelectProps) => {
  const others = trained.filter((one) => one !== chosen && areComparable(one, chosen));
  if (others.length === 0) return null;
  return (
    <label class="labelled">
      Beside it
      <select
        value={secondOf({ chosen, trained })?.name ?? ''}
        onChange={({ currentTarget: { value } }) =>
          show({ runs: value === '' ? [chosen.name] : [chosen.name, value] })
        }
      >
        <option value="">no other model</option>
        {others.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
};
