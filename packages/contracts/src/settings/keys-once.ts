import { ConfigError } from '../errors.ts';

/**
 * Refuses a JSON text with an object that has a key twice: `JSON.parse` takes the last one and says nothing.
 *
 * @param text JSON, as `JSON.parse` accepts it.
 * @param what A name of the text, or the file that it came from, which the error begins with.
 * @throws ConfigError naming the key and its lines.
 */
export const requireKeysOnce = (text: string, what: string): void => {
  /** Of the objects around a place the keys so far with their places; undefined for a list. */
  const around: (Map<string, number> | undefined)[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '{') around.push(new Map());
    else if (character === '[') around.push(undefined);
    else if (character === '}' || character === ']') around.pop();
    else if (character === '"') {
      const end = endOfString(text, at);
      const keys = around.at(-1);
      if (keys !== undefined && isFollowedByColon(text, end)) {
        // Escapes make different spellings of one key.
        const key = JSON.parse(text.slice(at, end)) as string;
        const before = keys.get(key);
        if (before !== undefined) throw twiceError(text, what, key, [before, at]);
        keys.set(key, at);
      }
      at = end - 1;
    }
  }
};

/** Returns the place behind a string that begins at a place. */
const endOfString = (text: string, start: number): number => {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
};

const isFollowedByColon = (text: string, place: number): boolean => {
  const colon = /[ \t\n\r]*:/y;
  colon.lastIndex = place;
  return colon.test(text);
};

const twiceError = (
  text: string,
  what: string,
  key: string,
  places: readonly [first: number, second: number],
): ConfigError => {
  const [first, second] = places.map((place) => text.slice(0, place).split('\n').length);
  const name = JSON.stringify(key.length > 80 ? `${key.slice(0, 80)}…` : key);
  const found = first === second ? `twice in line ${first}` : `in line ${first} and in line ${second}`;
  return new ConfigError(`${what}: expected each key of an object once, found ${name} ${found}: remove one`);
};
