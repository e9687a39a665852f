import { connection, source } from '../source.ts';

const words = {
  live: 'Live',
  waiting: 'Waiting for the server',
  files: 'Files',
} as const;

/** Whether what is shown is up to date. */
export const Connection = () => {
  const isSample = source.value.state === 'ready' && source.value.base === 'sample';
  const state = isSample && connection.value === 'files' ? 'sample' : connection.value;
  return (
    <span class={`connection ${state}`} role="status">
      <span class="dot" aria-hidden="true" />
      {state === 'sample' ? 'Sample' : words[state]}
    </span>
  );
};
