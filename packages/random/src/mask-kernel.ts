import { kernelsBase64 } from './generated/kernels.ts';

interface KernelExports {
  readonly memory: WebAssembly.Memory;
  chunkAddress(): number;
  chunkBlocks(): number;
  fillMask: MaskKernel['fill'];
}

/** The compiled mask generator and the part of its memory that it writes. */
export interface MaskKernel {
  /** Elements of the last `fill`, eight a block. */
  readonly chunk: Float32Array;
  fill(
    blocks: number,
    blockLow: number,
    blockHigh: number,
    key0: number,
    key1: number,
    threshold: number,
    scale: number,
  ): void;
}

let kernel: MaskKernel | undefined;

/** Starts the kernel at its first use. At less than 4 kB, browsers let it compile synchronously on the main thread. */
export const maskKernel = (): MaskKernel => {
  if (kernel) return kernel;
  const binary = Uint8Array.from(atob(kernelsBase64), (character) => character.charCodeAt(0));
  const instance = new WebAssembly.Instance(new WebAssembly.Module(binary));
  const { memory, chunkAddress, chunkBlocks, fillMask } = instance.exports as unknown as KernelExports;
  kernel = { chunk: new Float32Array(memory.buffer, chunkAddress(), chunkBlocks() * 8), fill: fillMask };
  return kernel;
};
