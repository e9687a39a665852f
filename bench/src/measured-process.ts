import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { DropoutLabError } from '@dropout-lab/contracts';

const MEMORY_POLL_MS = 100;

export interface MeasuredProcess {
  readonly stdout: string;
  /** Peak resident memory of the process; NaN where the system does not report it. */
  readonly peakBytes: number;
}

/** @throws DropoutLabError when the process fails, with its output on stderr. */
export const runMeasured = ([command, ...args]: readonly [string, ...string[]]): Promise<MeasuredProcess> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    let peakBytes = Number.NaN;
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text) => {
        output[name] += text;
      });
    }
    const poll = setInterval(() => {
      peakBytes = peakMemoryOf(child.pid) ?? peakBytes;
    }, MEMORY_POLL_MS);
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(poll);
      if (code === 0) resolve({ stdout: output.stdout, peakBytes });
      else {
        const line = [command, ...args].join(' ');
        reject(new DropoutLabError(`${line}: expected exit code 0, found ${code}: ${output.stderr.trim()}`));
      }
    });
  });

/** Reads the peak memory that Linux records for each process. */
const peakMemoryOf = (pid: number | undefined): number | undefined => {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)![1]) * 1024;
  } catch {
    return undefined;
  }
};
