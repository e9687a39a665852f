import { signal } from '@preact/signals';

const said = signal('');

/** Has screen readers say something when they have finished what they say. */
export const announce = (text: string): void => {
  said.value = text;
};

/** The page's one live region: several that change at once are read over each other. */
export const Announcements = () => (
  <p class="hidden" role="status" aria-label="Announcements">
    {said.value}
  </p>
);
