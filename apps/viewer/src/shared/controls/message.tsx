import type { ComponentChildren } from 'preact';
import './message.css';

interface MessageProps {
  readonly title: string;
  /** Whether something is being loaded. */
  readonly busy?: boolean;
  readonly children?: ComponentChildren;
}

/** Stands where there is nothing to show, with the reason and what to do. */
export const Message = ({ title, busy = false, children }: MessageProps) => (
  <section class={busy ? 'message busy' : 'message'} aria-busy={busy} aria-live="polite">
    <h1>{title}</h1>
    {children}
  </section>
);
