import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

const said = signal('');

/** Has screen readers say something when they have finished what they say. */
export const announce = (text: string): void => {
  said.value = text;
};

/** Has screen readers say a text of the page whenever it is another; nothing while it is undefined, and not what is there at first. */
export const useAnnounced = (text: string | undefined): void => {
  const last = useRef(text);
  useEffect(() => {
    if (text !== undefined && last.current !== undefined && text !== last.current) announce(text);
    last.current = text ?? last.current;
  }, [text]);
};

/** The page's one live region: several that change at once are read over each other. */
export const Announcements = () => (
  <p class="hidden" role="status" aria-label="Announcements">
    {said.value}
  </p>
);
