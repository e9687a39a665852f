import { quoted } from '@dropout-lab/contracts';

/** An option's value: nothing of it is written when it is undefined; several are a list; true is an option without one. */
type OptionValue = string | number | readonly string[] | boolean | undefined;

/**
 * Returns a command line to copy, for messages: quoted where a shell needs it, and by the words that the user called
 * this command by, which may be npx, and in a checkout are an npm script.
 *
 * @param words The command and its arguments: `['report', 'tutorial']`.
 * @param options By name without dashes, in the order to be written.
 */
export const invocationOf = (
  words: readonly string[],
  options: Readonly<Record<string, OptionValue>> = {},
): string => {
  const given = Object.entries(options).flatMap(([name, value]) =>
    value === undefined || value === false
      ? []
      : [`--${name}`, ...(value === true ? [] : [value].flat().map(String))],
  );
  const script = process.env['npm_lifecycle_event'];
  if (script === undefined || !isScript(script)) {
    const name = script === 'npx' ? 'npx dropout-lab' : 'dropout-lab';
    return [name, ...[...words, ...given].map(quoted)].join(' ');
  }
  const [command, ...rest] = words;
  return command === 'train'
    ? ['npm run train --', ...[...rest, ...given].map(quoted)].join(' ')
    : ['npm run dropout-lab --', ...[...words, ...given].map(quoted)].join(' ');
};

/** Whether an npm script is one of the checkout's own that call this command. */
const isScript = (name: string): boolean => /^(?:train(?::\w+)?|view|dropout-lab)$/.test(name);
