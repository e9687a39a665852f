import { useEffect, useRef, useState } from 'preact/hooks';

/** The last result that has come, and whether it is of what is asked for now. */
export interface Latest<T> {
  readonly value: T | undefined;
  readonly isCurrent: boolean;
}

/**
 * Computes when the key changes, one at a time: while one is being computed, of all that is asked for the last is
 * computed next. Until a result has come, the one before stays.
 *
 * @param key Null for nothing.
 * @param compute Must end, one way or the other.
 * @param onError Told why a result could not be had.
 */
export const useLatest = <T>(
  key: string | null,
  compute: () => Promise<T>,
  onError: (error: Error) => void,
): Latest<T> => {
  const [known, setKnown] = useState<{ readonly key: string; readonly value: T }>();
  const wanted = useRef<{ readonly key: string; readonly compute: () => Promise<T> } | null>(null);
  const isBusy = useRef(false);
  const handler = useRef(onError);
  handler.current = onError;
  useEffect(() => {
    wanted.current = key === null ? null : { key, compute };
    if (isBusy.current) return;
    const run = async (): Promise<void> => {
      isBusy.current = true;
      for (let next = wanted.current; next; next = wanted.current) {
        wanted.current = null;
        try {
          const value = await next.compute();
          setKnown({ key: next.key, value });
        } catch (error) {
          handler.current(error as Error);
        }
      }
      isBusy.current = false;
    };
    void run();
  }, [key]);
  return { value: known?.value, isCurrent: known !== undefined && known.key === key };
};
