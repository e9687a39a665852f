import { useEffect, useRef, useState } from 'preact/hooks';

/** The last result so far, and whether it is that of the current key. */
export interface Latest<T> {
  readonly value: T | undefined;
  readonly isCurrent: boolean;
}

/**
 * Computes when the key changes, one key at a time: of the keys that come while one is being computed, only the last is
 * computed next. The last result stays until there is another.
 *
 * @param key Null to compute nothing.
 * @param compute Must resolve or reject at some time.
 * @param onError Called with the reason when there is no result.
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
