import type { ComponentChildren } from 'preact';
import { useErrorBoundary } from 'preact/hooks';
import { Message } from './message.tsx';

interface GuardedProps {
  /** The part of the page, in words: what could not be drawn. */
  readonly part: string;
  readonly children: ComponentChildren;
}

/** Draws its children; when that fails, says so in their place, so that the rest of the page stays. */
export const Guarded = ({ part, children }: GuardedProps) => {
  const [error, tryAgain] = useErrorBoundary((cause) => reportError(cause));
  if (error === undefined) return children;
  return (
    <Message title={`${part} could not be drawn`}>
      <p>{error instanceof Error ? error.message : String(error)}</p>
      <p class="muted">
        No run is touched. If it happens again, please report it with what <code>dropout-lab info</code>{' '}
        prints.
      </p>
      <button type="button" class="button" onClick={tryAgain}>
        Try again
      </button>
    </Message>
  );
};
