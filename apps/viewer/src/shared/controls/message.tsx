import type { ComponentChildren } from 'preact';
import './message.css';

interface MessageProps {
  readonly title: string;
  /** Something is on its way. */
  readonly busy?: boolean;
  readonly children?: ComponentChildren;
}

/** What stands where there is nothing to show: why, and what to do. */
export const Message = ({ title, busy = false, children }: MessageProps) => (
  <section class={busy ? 'message busy' : 'message'} aria-busy={busy} aria-live="polite">
    <h1>{title}</h1>
    {children}
  </section>
);
