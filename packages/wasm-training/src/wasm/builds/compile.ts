import { UnsupportedOperationError } from '../../errors.ts';

/**
 * Compiles a build of the kernels.
 *
 * @param otherwise What is missing where the engine does not know all of its instructions, and what to do.
 * @param name The name of an empty section to add: V8 gives the module that it has for the same bytes, whatever its flags.
 * @throws UnsupportedOperationError where the engine lacks an instruction.
 */
export const compileKernels = (base64: string, otherwise: string, name?: string): WebAssembly.Module => {
  const text = atob(base64) + (name === undefined ? '' : emptySection(name));
  const binary = Uint8Array.from(text, (character) => character.charCodeAt(0));
  if (!WebAssembly.validate(binary)) throw new UnsupportedOperationError(otherwise);
  return new WebAssembly.Module(binary);
};

/** A custom section: its number, its length, that of its name, and its name. */
const emptySection = (name: string): string => String.fromCharCode(0, name.length + 1, name.length) + name;
