import { readFileSync } from 'node:fs';
import { DropoutLabError } from '@dropout-lab/contracts';
import { x } from 'tinyexec';

const MEMORY_POLL_MS = 100;

export interface MeasuredProcess {
  readonly stdout: string;
  /** Peak resident memory of the process and those that it starts; NaN where the system does not report it. */
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
    const bytes = peakMemoryOf(child.pid);
    // A child that has ended is no longer counted.
    if (bytes !== undefined && !(bytes <= peakBytes)) peakBytes = bytes;
  }, MEMORY_POLL_MS);
  const { exitCode, stdout, stderr } = await child;
  clearInterval(poll);
  if (exitCode === 0) return { stdout, peakBytes };
  throw new DropoutLabError(
    `${[command, ...args].join(' ')}: expected exit code 0, found ${exitCode ?? child.signalCode}: ${stderr.trim()}`,
  );
};

/** Reads the peak memory that Linux records for each process, of one and all that it has started; undefined when it has ended. */
const peakMemoryOf = (pid: number | undefined): number | undefined => {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const own = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)![1]) * 1024;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
    return children.reduce((sum, child) => sum + (peakMemoryOf(Number(child)) ?? 0), own);
  } catch {
    return undefined;
  }
};
