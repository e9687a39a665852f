import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';

/** Whether a place is a folder or in it; both are paths without symbolic links, as `realpath` gives them. */
export const liesWithin = (place: string, folder: string): boolean =>
  place === folder || place.startsWith(folder.endsWith(sep) ? folder : folder + sep);

/** Returns the path without symbolic links of a place that need not be there yet. */
export const realPlace = async (path: string): Promise<string> => {
  const place = resolve(path);
  try {
    return await realpath(place);
  } catch (error) {
    const above = dirname(place);
    if (above === place) throw error;
    return join(await realPlace(above), basename(place));
  }
};
