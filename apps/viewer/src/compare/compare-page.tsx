import { epochsCsv } from '../shared/charts/csv.ts';
import { download } from '../shared/charts/download.ts';
import { Message } from '../shared/controls/message.tsx';
import { Opening } from '../shared/controls/opening.tsx';
import { ShareButton } from '../shared/controls/share-button.tsx';
import { counted } from '../shared/format.ts';
import { arms, drawnRuns, linkTo, overviews, steadily } from '../shared/state.ts';
import { ArmMetrics } from './arm-metrics.tsx';
import { ArmPicker } from './arm-picker.tsx';
import { Charts } from './charts.tsx';
import { Controls } from './controls.tsx';
import { Differences } from './differences.tsx';
import { Reports } from './reports.tsx';
import { Verdict } from './verdict.tsx';

/** The curves of several runs side by side, alone or as arms. */
export const ComparePage = () => {
  const drawn = drawnRuns.value;
  if (overviews.value.length === 0) {
    return (
      <Message title="Nothing to compare yet">
        <p>
          Train a run or two, then pick them on <a href={linkTo('runs')}>Runs</a>.
        </p>
      </Message>
    );
  }
  if (drawn.state === 'none') {
    return (
      <Message title="No such runs">
        <p>
          None of the runs in the address exists here. <a href={linkTo('compare')}>Compare all</a>
        </p>
      </Message>
    );
  }
  if (drawn.state !== 'ready') return <Opening drawn={drawn} word="runs" />;
  const shown = steadily(drawn.value);
  return (
    <div>
      <div class="title-row">
        <h1>Compare</h1>
        <p class="totals muted">{`${counted(shown.length, 'run')} of ${overviews.value.length}`}</p>
        <button
          type="button"
          class="button"
          onClick={() => download(new Blob([epochsCsv(shown, arms.value)], { type: 'text/csv' }), 'runs.csv')}
        >
          Download CSV
        </button>
        <ShareButton />
        <Reports shown={shown} />
      </div>
      <Verdict shown={shown} />
      <Controls shown={shown} />
      <ArmPicker shown={shown} />
      <Charts shown={shown} />
      <ArmMetrics shown={shown} />
      <Differences shown={shown} />
    </div>
  );
};
