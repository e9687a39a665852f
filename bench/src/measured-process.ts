import { readFileSync } from 'node:fs';
import { DropoutLabError } from '@dropout-lab/contracts';
import { x } from 'tinyexec';

const MEMORY_POLL_MS = 100;

export interface MeasuredProcess {
  readonly stdout: string;
  /** Peak resident memory of the process; NaN where the system does not report it. */
  readonly peakBytes: number;
}

/** @throws DropoutLabError when the process fails, with its output on stderr. */
export const runMeasured = async ([command, ...args]: readonly [
  string,
  ...string[],
]): Promise<MeasuredProcess> => {
  const child = x(command, args, { nodeOptions: { stdio: ['ignore', 'pipe', 'pipe'] } });
  let peakBytes = Number.NaN;
  const poll = setInterval(() => {
    peakBytes = peakMemoryOf(child.pid) ?? peakBytes;
  }, MEMORY_POLL_MS);
  const { exitCode, stdout, stderr } = await child;
  clearInterval(poll);
  if (exitCode === 0) return { stdout, peakBytes };
  throw new DropoutLabError(
    `${[command, ...args].join(' ')}: expected exit code 0, found ${exitCode ?? child.signalCode}: ${stderr.trim()}`,
  );
};

/** Reads the peak memory that Linux records for each process. */
const peakMemoryOf = (pid: number | undefined): number | undefined => {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)![1]) * 1024;
  } catch {
    return undefined;
  }
};
