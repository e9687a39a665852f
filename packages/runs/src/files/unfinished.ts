/** Returns a name beside a run's folder that nothing else has, for a run that is not whole yet. */
export const unfinishedName = (path: string): string => {
  const digits = globalThis.crypto.getRandomValues(new Uint8Array(4));
  return `${path}.tmp-${Array.from(digits, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
};

/** Returns the name beside a run's folder of a run that another is about to replace. */
export const replacedName = (path: string): string => `${path}.tmp-previous`;

/**
 * Whether a folder of this name belongs to a process that is just making a run of another name, or replacing it, or was
 * killed while it did: no run to be listed.
 */
export const isUnfinished = (name: string): boolean => /\.tmp-(?:[0-9a-f]{8}|previous)$/.test(name);
