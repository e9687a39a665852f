import { hasControlCharacters, lackOfName, ownImagesLimits } from '@dropout-lab/contracts';

/** Returns a name as the title of a data set, as far as it can be shown. */
export const asTitle = (name: string): string => {
  const title = [...name]
    .filter((character) => !hasControlCharacters(character))
    .join('')
    .slice(0, ownImagesLimits.name);
  return lackOfName(title) === undefined ? title : 'images';
};
