import { systemErrorCode } from './system-error.ts';

/** Whether a process of this machine is running, whoever owns it. */
export const isProcessAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return systemErrorCode(error) !== 'ESRCH';
  }
};
