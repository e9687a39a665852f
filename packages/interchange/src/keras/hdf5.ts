import h5wasm, { type Group } from 'h5wasm';

/** A file in the library's own file system, which is in memory. Every use of it is synchronous, so one name is enough. */
const scratch = '/scratch.h5';

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** Whether bytes begin as an HDF5 file does. */
export const isHdf5 = (bytes: Uint8Array): boolean => SIGNATURE.every((byte, i) => bytes[i] === byte);

/** Returns the bytes of a new HDF5 file that `fill` writes. */
export const writeHdf5 = (fill: (root: Group) => void): Promise<Uint8Array> =>
  withLibrary(({ FS }) => {
    withFile('w', fill);
    return FS.readFile(scratch);
  });

/**
 * Opens the bytes of an HDF5 file and returns the result of `read`, which must be a copy.
 *
 * @throws Error with the library's own message when the bytes are no HDF5 file, or a damaged one.
 */
export const readHdf5 = <T>(bytes: Uint8Array, read: (root: Group) => T): Promise<T> =>
  withLibrary(({ FS }) => {
    FS.writeFile(scratch, bytes);
    return withFile('r', read);
  });

type Library = Awaited<typeof h5wasm.ready>;

const withLibrary = async <T>(use: (library: Library) => T): Promise<T> => {
  const library = await h5wasm.ready;
  // Without it, failures are printed to stderr and the result is no file.
  library.activate_throwing_error_handler();
  try {
    return use(library);
  } finally {
    library.deactivate_throwing_error_handler();
    if (library.FS.analyzePath(scratch).exists) library.FS.unlink(scratch);
  }
};

const withFile = <T>(mode: 'r' | 'w', use: (root: Group) => T): T => {
  const file = new h5wasm.File(scratch, mode);
  try {
    return use(file);
  } finally {
    file.close();
  }
};
