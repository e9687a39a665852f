import { x } from 'tinyexec';

export interface Finished {
  /** Undefined when a signal ended it. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs Node on the given arguments to its end, with `input` on its stdin, and whatever its exit code is. */
export const runNode = async (
  args: readonly string[],
  { cwd, input = '' }: { cwd: string; input?: string },
): Promise<Finished> => {
  const { exitCode, stdout, stderr } = await x(process.execPath, [...args], {
    stdin: input,
    nodeOptions: { cwd, env: { NO_COLOR: '1' } },
  });
  return { code: exitCode, stdout, stderr };
};
