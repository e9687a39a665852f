export { replaceCpuKernels } from './cpu.ts';
export { replaceTfjsNodeKernels } from './tfjs-node/replace.ts';
export { replaceWebglKernels } from './webgl.ts';
export { replaceWebgpuKernels } from './webgpu/replace.ts';
