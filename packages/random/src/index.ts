export { symmetricBeta } from './beta.ts';
export {
  type DropoutMaskOptions,
  dropoutMask,
  type KeptElementsOptions,
  keptElements,
  keptScale,
} from './dropout-mask.ts';
export { createGenerator, type Generator } from './generator.ts';
export { fold, type RandomKey, randomKey } from './key.ts';
export { type NormalOptions, normal } from './normal.ts';
export { permutation } from './permutation.ts';
export { philox4x32, type Words2, type Words4 } from './philox.ts';
export { uint32s, uniform } from './stream.ts';
