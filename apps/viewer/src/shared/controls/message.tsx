import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { announce } from './announcements.tsx';
import './message.css';

interface MessageProps {
  readonly title: string;
  /** Whether something is being loaded. */
  readonly busy?: boolean;
  readonly children?: ComponentChildren;
}

/** Stands where there is nothing to show, with the reason and what to do. */
export const Message = ({ title, busy = false, children }: MessageProps) => {
  useEffect(() => announce(title), [title]);
  return (
    <section class={busy ? 'message busy' : 'message'} aria-busy={busy}>
      <h1>{title}</h1>
      {children}
    </section>
  );
};
