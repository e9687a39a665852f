/** Returns whether a file's name is that of a picture of a kind that can be decoded. */
export const isPictureName = (name: string): boolean => /\.(?:png|jpe?g|webp|avif|gif|tiff?)$/i.test(name);
