import { isSample, source } from '../shared/source.ts';
import { linkTo } from '../shared/state.ts';

/** Explains which runs are shown while the user has none. */
export const SampleNote = () => {
  if (!isSample.value) return null;
  const place = source.value.state === 'ready' ? source.value.catalogue.place : '';
  return (
    <section class="note">
      <p>
        There are no runs in <code>{place}</code> yet: these ship with the viewer. Train one, and it takes
        their place at its first step: <code>npm run train:quick</code>, or{' '}
        <a href={linkTo('train')}>on this page</a>. What dropout is, <a href={linkTo('learn')}>Learn</a> shows
        in six steps.
      </p>
    </section>
  );
};
