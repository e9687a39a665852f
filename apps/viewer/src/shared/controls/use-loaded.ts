import { useEffect, useState } from 'preact/hooks';

/** The state of something that is loaded. */
export type Loaded<T> =
  | { readonly state: 'none' }
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly reason: string }
  | { readonly state: 'ready'; readonly value: T };

/**
 * Loads when the key changes; nothing while it is null. Not by a query library: TanStack's for Preact is 15 kB compressed, and
 * the browser's own cache already has what is loaded twice.
 */
export const useLoaded = <T>(key: string | null, load: () => Promise<T>): Loaded<T> => {
  const [loaded, setLoaded] = useState<Loaded<T>>({ state: key === null ? 'none' : 'loading' });
  useEffect(() => {
    if (key === null) return setLoaded({ state: 'none' });
    let current = true;
    setLoaded({ state: 'loading' });
    load().then(
      (value) => current && setLoaded({ state: 'ready', value }),
      (error: Error) => current && setLoaded({ state: 'failed', reason: error.message }),
    );
    return () => {
      current = false;
    };
  }, [key]);
  return loaded;
};
