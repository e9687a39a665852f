import { ReportLink } from '../shared/controls/report-link.tsx';
import { counted } from '../shared/format.ts';
import { linkTo, studies } from '../shared/state.ts';
import './studies.css';

/** The studies that the runs are of, each with its comparison and its report. */
export const Studies = () => {
  if (studies.value.length === 0) return null;
  return (
    <section class="studies" aria-labelledby="studies-title">
      <h2 id="studies-title">Studies</h2>
      <ul>
        {studies.value.map((study) => {
          const { name, folder, title, arms } = study;
          const runs = arms.flatMap((arm) => arm.runs);
          return (
            <li key={`${folder}/${name}`}>
              <span>
                {title}{' '}
                <span class="muted">{`${counted(arms.length, 'arm')}, ${counted(runs.length, 'run')}`}</span>
              </span>
              <span class="actions">
                <a class="button" href={linkTo('compare', { runs })} title={`Compare the runs of ${title}`}>
                  Compare
                </a>
                <ReportLink study={study} />
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
};
