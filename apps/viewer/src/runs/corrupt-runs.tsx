import { counted } from '../shared/format.ts';
import { corruptRuns } from '../shared/state.ts';
import './corrupt-runs.css';

/** The folders that should be runs and cannot be read, each with the reason. */
export const CorruptRuns = () =>
  corruptRuns.value.length === 0 ? null : (
    <section class="corrupt" aria-labelledby="corrupt-title">
      <h2 id="corrupt-title">{counted(corruptRuns.value.length, 'corrupt run')}</h2>
      <dl>
        {corruptRuns.value.map(({ name, error }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{error}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
