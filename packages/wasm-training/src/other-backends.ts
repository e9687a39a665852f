export { replaceCpuKernels } from './cpu.ts';
export { replaceTfjsNodeKernels } from './tfjs-node/replace.ts';
export { replaceWebglKernels } from './webgl.ts';
