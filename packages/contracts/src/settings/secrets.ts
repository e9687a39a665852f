const HIDDEN = '***';

/**
 * Returns an address as it may be shown and kept: without user, password, query and fragment, where passwords and tokens
 * are. Three asterisks stand where something was left out: `redis://***@host:6379`, `https://host/file?***`.
 *
 * An address that cannot be taken apart with certainty is left out but for its scheme, because a password with a raw `/`
 * or `#` in it looks like a host and a path.
 */
export const shownAddress = (address: string): string => {
  const [scheme] = /^(?:[a-z][a-z\d+.-]+:\/+)?/i.exec(address)!;
  const rest = address.slice(scheme.length);
  if (!/[@?#]/.test(rest)) return address;
  const [, authority = '', path = '', end = ''] = /^([^/\\?#]*)([^?#]*)(.?)/s.exec(rest)!;
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  // `user:12/34@host` is a host with a port and a path to whoever reads it.
  const mayBePassword = path.includes('@') && (!/^https?:/i.test(scheme) || authority.includes(':'));
  if (mayBePassword || (scheme !== '' && !URL.canParse(address))) return `${scheme}${HIDDEN}`;
  return `${scheme}${host === authority ? '' : `${HIDDEN}@`}${host}${path}${end === '' ? '' : `${end}${HIDDEN}`}`;
};

/** Returns a text (a message, a word of a command line) with each address in it as {@link shownAddress} has it. */
export const withoutSecrets = (text: string): string =>
  // Without a limit, a long word would be looked through from each of its letters. Of a longer scheme the end is found.
  text.replaceAll(/[a-z][a-z\d+.-]{1,30}:\/+\S+/gi, shownAddress);
