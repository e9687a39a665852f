import { vi } from 'vitest';
import { buildProgram } from './program.ts';

/** A command line as commander has read it. */
export interface ReadCommand {
  /** `study run`. */
  readonly name: string;
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** Reads a command line up to the call of its command. @throws CommanderError when it is wrong. */
export const readCommandLine = async (argv: readonly string[]): Promise<ReadCommand> => {
  let read: ReadCommand | undefined;
  const isRead = new Error('read');
  const program = buildProgram({
    signal: new AbortController().signal,
    commandLine: () => argv,
    onExitCode: () => {},
  });
  program.hook('preAction', (_, command) => {
    const names = [command.name()];
    for (let above = command.parent; above?.parent; above = above.parent) names.unshift(above.name());
    read = { name: names.join(' '), args: command.args, options: command.opts() };
    throw isRead;
  });
  // Commander writes its own message too.
  const quiet = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (error !== isRead) throw error;
  } finally {
    quiet.mockRestore();
  }
  return read!;
};
