import type { Page } from 'playwright-core';

/**
 * Counts, from now on, the threads that a page has begun and not ended. Playwright's list of workers also has those that
 * workers begin, and for ever one whose parent ends at the same time.
 *
 * @returns How many there are when it is called.
 */
export const countThreads = async (page: Page): Promise<() => Promise<number>> => {
  const threads = await page.evaluateHandle(() => {
    const running = new Set<Worker>();
    const { terminate } = Worker.prototype;
    window.Worker = class extends Worker {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        running.add(this);
      }
    };
    Worker.prototype.terminate = function (this: Worker) {
      running.delete(this);
      terminate.call(this);
    };
    return running;
  });
  return () => threads.evaluate((running) => running.size);
};
