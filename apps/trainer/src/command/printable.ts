/**
 * Returns a line as a terminal may have it: names of files and of other people's runs can have characters in them that a
 * terminal obeys, which are written as escapes (`\x1b`, `\u{202e}`): control characters, marks of direction and ends of line.
 */
export const printable = (line: string): string =>
  line.replaceAll(/[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, (character) => {
    const code = character.codePointAt(0)!;
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });

/** Returns lines as {@link printable} does; their ends stay. */
export const printableLines = (text: string): string => text.split('\n').map(printable).join('\n');
