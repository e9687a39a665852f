export { chunkAddress, chunkBlocks } from './chunk';
export { fillKept, fillMask } from './mask';
export { fillNormal } from './normal';
