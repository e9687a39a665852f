/** Waits until the page has answered what waits for an answer. Unlike a timer's, such turns come at once. */
export const nextTask = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });

/** Returns the result for each item, so many in a task: the page answers between them. */
export const inSlices = async <T, Result>(
  items: readonly T[],
  size: number,
  resultOf: (item: T, index: number) => Result,
): Promise<Result[]> => {
  const results: Result[] = [];
  for (const [index, item] of items.entries()) {
    if (index > 0 && index % size === 0) await nextTask();
    results.push(resultOf(item, index));
  }
  return results;
};
