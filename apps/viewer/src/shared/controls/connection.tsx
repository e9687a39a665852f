import { effect } from '@preact/signals';
import { connection } from '../source.ts';
import { announce } from './announcements.tsx';
import './connection.css';

const words = {
  live: 'Live',
  waiting: 'Waiting for the server',
  files: 'Files',
} as const;

effect(() => {
  // Not at first: what is to be expected is not said.
  if (connection.value === 'waiting') announce(words.waiting);
});

/** Shows whether the page is up to date. */
export const Connection = () => (
  <span class={`connection ${connection.value}`}>
    <span class="dot" aria-hidden="true" />
    {words[connection.value]}
  </span>
);
