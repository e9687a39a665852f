import { signal } from '@preact/signals';

/** The runs that are ticked, to be compared. */
export const ticked = signal<ReadonlySet<string>>(new Set());
