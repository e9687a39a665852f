import type { ComponentChildren } from 'preact';
import type { Loaded } from '../shared/controls/use-loaded.ts';
import './section.css';

interface SectionProps<T> {
  readonly title: string;
  readonly loaded: Loaded<T>;
  /** Shown where there is nothing to load. */
  readonly none: string;
  readonly children: (value: T) => ComponentChildren;
}

/** A section of the page whose content is loaded. */
export const Section = <T,>({ title, loaded, none, children }: SectionProps<T>) => (
  <section class="block">
    <h2>{title}</h2>
    {loaded.state === 'none' && <p class="muted">{none}</p>}
    {loaded.state === 'loading' && <p class="muted placeholder">Loading …</p>}
    {loaded.state === 'failed' && <p class="error">{loaded.reason}</p>}
    {loaded.state === 'ready' && children(loaded.value)}
  </section>
);
