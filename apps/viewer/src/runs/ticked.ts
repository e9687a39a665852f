import { signal } from '@preact/signals';

/** Runs that are ticked, to compare. */
export const ticked = signal<ReadonlySet<string>>(new Set());
