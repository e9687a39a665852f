import { hasControlCharacters, ownImagesLimits } from '@dropout-lab/contracts';

/** Returns a name as the title of a data set, as far as it can be shown. */
export const asTitle = (name: string): string =>
  [...name]
    .filter((character) => !hasControlCharacters(character))
    .join('')
    .slice(0, ownImagesLimits.name) || 'images';
