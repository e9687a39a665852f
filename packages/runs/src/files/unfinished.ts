/** Returns the name beside a run's folder of a run that another is about to replace. */
export const replacedName = (path: string): string => `${path}.tmp-previous`;

/**
 * Whether a folder of this name belongs to a process that is just making a run of another name, or replacing it, or was
 * killed while it did: no run to be listed. `writeFolderDurably` of `@dropout-lab/files/node` gives such names.
 */
export const isUnfinished = (name: string): boolean => /\.tmp-(?:[0-9a-f]{8}|previous)$/.test(name);
