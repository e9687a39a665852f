import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { digestOfFile } from '@dropout-lab/files/node';
import { vi } from 'vitest';
import { runCommand } from './run-command.ts';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

export interface CliResult {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd: string;
  readonly env?: Record<string, string>;
  /** Closes the reading end of stdout at once, as `head -0` does. */
  readonly closeStdout?: boolean;
  /** Sends a signal once the given line of stdout has come, after a delay. */
  readonly signal?: {
    readonly name: 'SIGKILL' | 'SIGINT';
    readonly afterLine: number;
    readonly delayMs: number;
  };
}

/** Runs the built command as its users do: a process of its own. */
export const runCli = (
  args: readonly string[],
  { cwd, env = {}, closeStdout = false, signal }: CliOptions,
): Promise<CliResult> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cli, ...args], { cwd, env: { ...process.env, ...env } });
    if (closeStdout) child.stdout.destroy();
    const lines: string[] = [];
    let stderr = '';
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      if (lines.length === signal?.afterLine) setTimeout(() => child.kill(signal.name), signal.delayMs);
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout: lines.join('\n'), stderr }));
  });

/**
 * Runs a command line in this process: the program of the built command without the second that a process takes to start.
 * One that is interrupted, or that is watched while it writes, needs {@link runCli}.
 */
export const callCli = async (
  args: readonly string[],
  { cwd, env = {} }: Pick<CliOptions, 'cwd' | 'env'>,
): Promise<CliResult> => {
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] += text;
      return true;
    }),
  );
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const before = process.cwd();
  process.chdir(cwd);
  try {
    const code = await runCommand(args, new AbortController().signal);
    return { code, stdout: written.stdout.replace(/\n$/, ''), stderr: written.stderr };
  } finally {
    process.chdir(before);
    vi.unstubAllEnvs();
    for (const spy of spies) spy.mockRestore();
  }
};

/** A command's stderr without the lines of progress that it has on a busy machine, where a run takes ten seconds. */
export const withoutProgress = (stderr: string): string => stderr.replaceAll(/^Epoch .* img\/s\n?/gm, '');

/** Starts the built command, to be watched and stopped while it goes on. */
export const startCli = (args: readonly string[], cwd: string) => {
  const child = spawn(process.execPath, [cli, ...args], { cwd });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => lines.push(line));
  }
  /** The exit code; null when a signal ended it. */
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, lines, ended };
};

/** A run of seconds on real images: two epochs of 32 steps of a small model, a checkpoint every third step. */
export const smallRun = {
  model: { filters: [4, 6], units: [12], maxNorm: { value: 0.5 } },
  optimizer: { name: 'adam', learningRate: 0.003 },
  batchSize: 25,
  epochs: 2,
  limitTrain: 1000,
  limitTest: 100,
  checkpointEverySteps: 3,
  callbacks: [{ name: 'reduce_lr_on_plateau', patience: 1, minDelta: 0.5 }],
};

export const writeSmallRun = async (
  folder: string,
  changes: object = {},
  name = 'small.json',
): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, JSON.stringify({ ...smallRun, ...changes }));
  return path;
};

/** SHA-256 of the arrays of a run's last checkpoint: weights, and optimizer slots. */
export const checkpointDigests = (run: string): Promise<string[]> =>
  Promise.all(
    ['weights.bin', 'optimizer.bin'].map((name) =>
      digestOfFile(join(run, 'checkpoints', 'last', name), 'sha256'),
    ),
  );
