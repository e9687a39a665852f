import { quoted } from '@dropout-lab/contracts';
import { reportAddress, type StudyInfo } from '../runs/studies.ts';
import { source } from '../source.ts';
import './report-link.css';

/** The folder that studies are run in by default. */
const DEFAULT_STORE = 'runs/studies';

/** A link to the report of a study; where there is none, the command that writes it. */
export const ReportLink = ({ study }: { readonly study: StudyInfo }) => {
  const { name, title, hasReport } = study;
  if (hasReport) {
    return (
      <a
        class="button"
        href={reportAddress(name)}
        target="_blank"
        rel="noreferrer"
        title={`Report of ${title}`}
      >
        Report
      </a>
    );
  }
  const { value } = source;
  if (value.state !== 'ready' || !value.catalogue.live) return null;
  const store = [value.catalogue.place, study.folder].filter((part) => part !== '').join('/');
  const place = store === DEFAULT_STORE ? '' : ` --store ${quoted(store)}`;
  return (
    <details class="report-command">
      <summary class="button" title={`Report of ${title}`}>
        Report
      </summary>
      <div class="card">
        <p>This writes the report of the study, which is then linked here:</p>
        <pre>{`dropout-lab report ${name}${place}`}</pre>
      </div>
    </details>
  );
};
