import { nextTask } from '@dropout-lab/training';

/** A place in a loop at which the loop can be paused. */
interface PausePoint {
  /** Resolves unless the loop is paused, after the thread has taken the messages that wait for it. */
  passed(): Promise<void>;
  pause(): void;
  resume(): void;
}

export const createPausePoint = (): PausePoint => {
  let isPaused = false;
  let waiting: (() => void)[] = [];
  return {
    passed: async () => {
      await nextTask();
      if (isPaused) await new Promise<void>((pass) => waiting.push(pass));
    },
    pause: () => {
      isPaused = true;
    },
    resume: () => {
      isPaused = false;
      for (const pass of waiting) pass();
      waiting = [];
    },
  };
};
