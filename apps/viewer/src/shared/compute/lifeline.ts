/** Work that can end no more once what it hangs on is gone: a thread, a graphics processor. */
export interface Lifeline {
  /** The result of the work, or a rejection as soon as the line is cut. Nothing is kept of work that has ended. */
  hold<T>(work: Promise<T>): Promise<T>;
  /** Rejects all work that has not ended, and all that comes. */
  cut(reason: Error): void;
}

// Not a race with one promise for the end, which would hold on to every result until then.
export const createLifeline = (): Lifeline => {
  const waiting = new Set<(reason: Error) => void>();
  let end: Error | undefined;
  return {
    hold: (work) =>
      new Promise((resolve, reject) => {
        if (end) return reject(end);
        waiting.add(reject);
        work.then(resolve, reject).finally(() => waiting.delete(reject));
      }),
    cut: (reason) => {
      end ??= reason;
      for (const reject of waiting) reject(end);
      waiting.clear();
    },
  };
};
