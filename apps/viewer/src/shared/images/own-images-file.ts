/** The name of the file of a user's own images among those of their data set, as pages request it. */
export const OWN_IMAGES_FILE = 'images.bin';
