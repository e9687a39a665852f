import { connection } from '../source.ts';
import './connection.css';

const words = {
  live: 'Live',
  waiting: 'Waiting for the server',
  files: 'Files',
} as const;

/** Shows whether the page is up to date. */
export const Connection = () => (
  <span class={`connection ${connection.value}`} role="status">
    <span class="dot" aria-hidden="true" />
    {words[connection.value]}
  </span>
);
