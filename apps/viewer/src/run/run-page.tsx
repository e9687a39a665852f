import { StatusBadge } from '../shared/charts/marks.tsx';
import { Message } from '../shared/controls/message.tsx';
import { Opening } from '../shared/controls/opening.tsx';
import { ShareButton } from '../shared/controls/share-button.tsx';
import { useLoaded } from '../shared/controls/use-loaded.ts';
import { dateAndTime, duration } from '../shared/format.ts';
import { imageShapeOf } from '../shared/images/origin.ts';
import { loadEvaluation, loadModel, loadPredictions } from '../shared/runs/run-files.ts';
import type { Summary } from '../shared/runs/summary.ts';
import { arms, corruptRuns, drawnRuns, linkTo, steadily, view } from '../shared/state.ts';
import { ArmName } from './arm-name.tsx';
import { ClassTable } from './class-table.tsx';
import { Confusion } from './confusion.tsx';
import { Filters } from './filters.tsx';
import { Headline } from './headline.tsx';
import { Mistakes } from './mistakes.tsx';
import { Norms } from './norms.tsx';
import { Reliability } from './reliability.tsx';
import { RunCurves } from './run-curves.tsx';
import { Section } from './section.tsx';
import './run-page.css';

/** Everything that is known about one run. */
export const RunPage = () => {
  const drawn = drawnRuns.value;
  const [wanted] = view.value.runs;
  const corrupt = corruptRuns.value.find(({ name }) => name === wanted);
  if (corrupt) {
    return (
      <Message title={`${corrupt.name} is corrupt`}>
        <p>{corrupt.error}</p>
        <p>
          <a href={linkTo('runs')}>All runs</a>
        </p>
      </Message>
    );
  }
  if (drawn.state === 'none') {
    return (
      <Message title="No such run">
        <p>
          {wanted ? `There is no run named “${wanted}” here. ` : ''}
          <a href={linkTo('runs')}>All runs</a>
        </p>
      </Message>
    );
  }
  if (drawn.state !== 'ready') return <Opening drawn={drawn} word="run" />;
  const summary = drawn.value[0]!;
  return <OneRun key={summary.name} summary={summary} />;
};

const OneRun = ({ summary }: { readonly summary: Summary }) => {
  const { name, run, seconds, ending, warnings } = summary;
  const { manifest } = run;
  const arm = arms.value.get(name);
  const { checkpoint } = summary;
  const evaluation = useLoaded(run.hasEvaluation ? `${name} ${summary.status}` : null, () =>
    loadEvaluation(name),
  );
  const predictions = useLoaded(run.hasPredictions ? `${name} ${summary.status}` : null, () =>
    loadPredictions(name),
  );
  const model = useLoaded(checkpoint ? `${name} ${checkpoint.name} ${checkpoint.epoch}` : null, () =>
    loadModel(name, checkpoint!.name),
  );
  return (
    <div class="run">
      <div class="title-row">
        <h1>{name}</h1>
        <StatusBadge summary={summary} />
        <a class="button" href={linkTo('compare', { runs: [name] })}>
          Compare
        </a>
        {checkpoint && (
          <a class="button" href={linkTo('playground', { runs: [name] })}>
            Try it in the playground
          </a>
        )}
        <ShareButton />
      </div>
      <p class="about">
        {arm && <ArmName arm={arm} />}
        <span class="muted">
          {`seed ${manifest.config.seed} · ${manifest.backend.description} · ${dateAndTime(manifest.createdAt)} · ${duration(seconds)}`}
        </span>
      </p>
      {ending !== undefined && <p class="note ending">{ending}</p>}
      {warnings.map((warning) => (
        <p key={warning} class="note">
          {warning}
        </p>
      ))}
      <Headline summary={summary} />
      <RunCurves summary={steadily([summary])[0]!} />
      <Section
        title="By class, on the test images"
        loaded={evaluation}
        none="This run has not been evaluated."
      >
        {(report) => (
          <>
            {report.testTimeAugmentation !== 'none' && (
              <p class="muted">{`With test-time augmentation: ${report.testTimeAugmentation}.`}</p>
            )}
            <div class="halves">
              <ClassTable report={report} />
              <Confusion report={report} />
            </div>
          </>
        )}
      </Section>
      <Mistakes
        run={name}
        predictions={predictions}
        config={manifest.config}
        classNames={manifest.classNames}
        isOpenable={checkpoint !== undefined}
      />
      <Section title="Calibration" loaded={evaluation} none="This run has not been evaluated.">
        {(report) => <Reliability report={report} arm={arms.value.get(name)?.color ?? 0} />}
      </Section>
      <Section title="Weights" loaded={model} none="This run has no checkpoint.">
        {(loaded) => (
          <div class="halves">
            <Norms model={loaded} />
            <Filters weights={loaded.weights} channels={imageShapeOf(manifest.config)[2]} />
          </div>
        )}
      </Section>
    </div>
  );
};
