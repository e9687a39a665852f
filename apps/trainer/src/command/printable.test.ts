import { expect, test, vi } from 'vitest';
import { messageOf } from './failure.ts';
import { printable, printableLines } from './printable.ts';
import { createProgram } from './program.ts';
import { createReporter } from './reporter.ts';

const hostile = 'a\u001b[2J\u0007\u0000\u007f\u009b31m\r\n\t\u202e\u2066\u2028z';
const escaped = 'a\\x1b[2J\\x07\\x00\\x7f\\x9b31m\\x0d\\x0a\\x09\\u{202e}\\u{2066}\\u{2028}z';

test.each([
  [hostile, escaped],
  ['été – 猫 🐈 “x” \u0301 \\x1b', 'été – 猫 🐈 “x” \u0301 \\x1b'],
])('a line has nothing in it that a terminal obeys: %j', (line, expected) => {
  expect(printable(line)).toBe(expected);
  expect(printableLines(`${line.replaceAll('\n', '')}\nb`)).toBe(`${expected.replaceAll('\\x0a', '')}\nb`);
});

test.each<[string, () => unknown]>([
  ['a line of a command', () => createReporter({ json: false }).line(hostile)],
  [
    'progress',
    () => {
      vi.spyOn(Date, 'now').mockReturnValueOnce(0).mockReturnValue(1e9);
      createReporter({ json: false }).progress(['one', hostile]);
    },
  ],
  ['an unknown command', () => createProgram(new AbortController().signal)([hostile]).catch(() => {})],
  [
    'a refused option',
    () => createProgram(new AbortController().signal)(['view', '--port', hostile]).catch(() => {}),
  ],
  [
    'a refused configuration',
    () =>
      createProgram(new AbortController().signal)(['train', '--config', hostile]).catch((error: unknown) =>
        process.stderr.write(messageOf(error)),
      ),
  ],
])('%s is printed with escapes', async (_, print) => {
  const written: string[] = [];
  const keep = (text: string | Uint8Array) => {
    written.push(String(text));
    return true;
  };
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation(keep),
  );
  await print();
  for (const spy of spies) spy.mockRestore();
  vi.restoreAllMocks();
  expect(written.join('')).toContain('a\\x1b[2J\\x07');
  expect(written.join('')).not.toMatch(/(?!\n)\p{Cc}/u);
});
