import { signal } from '@preact/signals';
import type { RunDigest } from './catalogue.ts';

/** A run that only this page has: trained on it, or dropped on it. */
export interface GivenRun {
  readonly digest: RunDigest;
  /** Addresses of its files, by their paths in the run's folder. */
  readonly urls: ReadonlyMap<string, string>;
}

/** The runs that only this page has, by name. */
export const givenRuns = signal<ReadonlyMap<string, GivenRun>>(new Map());
