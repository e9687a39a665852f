export { chunkAddress, chunkBlocks } from './chunk';
export { fillMask } from './mask';
export { fillNormal } from './normal';
