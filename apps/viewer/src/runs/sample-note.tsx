import { isSample, source } from '../shared/source.ts';
import { linkTo } from '../shared/state.ts';

/** Says whose runs are shown while the user has none. */
export const SampleNote = () => {
  if (!isSample.value) return null;
  const place = source.value.state === 'ready' ? source.value.catalogue.place : '';
  return (
    <section class="note">
      <p>
        There is no run in <code>{place}</code> yet: these ship with the viewer. Train one, and it takes their
        place with its first step: <code>npm run train:quick</code>, or{' '}
        <a href={linkTo('train')}>in this page</a>.
      </p>
    </section>
  );
};
