import { kernelsBase64 } from './generated/kernels.ts';

interface KernelExports {
  readonly memory: WebAssembly.Memory;
  chunkAddress(): number;
  chunkBlocks(): number;
  fillKept: Kernels['fillKept'];
  fillMask: Kernels['fillMask'];
  fillNormal: Kernels['fillNormal'];
}

/** The number of a block as two words, and a key's two words. */
type Words = [blockLow: number, blockHigh: number, key0: number, key1: number];

/** The compiled generators and the part of their memory that they write. */
export interface Kernels {
  /** The output of the last call: eight elements of a mask for each of its blocks, or four deviates. */
  readonly chunk: Float32Array;
  /** The output of a call of `fillKept`: eight bytes for each of its blocks. */
  readonly bytes: Uint8Array;
  /** Blocks that fit into the chunk. */
  readonly blocks: number;
  fillKept(blocks: number, ...rest: [...Words, threshold: number]): void;
  fillMask(blocks: number, ...rest: [...Words, threshold: number, scale: number]): void;
  fillNormal(blocks: number, ...rest: [...Words, mean: number, stddev: number]): void;
}

let loaded: Kernels | undefined;

/** Returns the kernels, which start at their first use. Browsers compile up to 4 kB synchronously on the main thread. */
export const kernels = (): Kernels => {
  if (loaded) return loaded;
  const binary = Uint8Array.from(atob(kernelsBase64), (character) => character.charCodeAt(0));
  const instance = new WebAssembly.Instance(new WebAssembly.Module(binary));
  const { memory, chunkAddress, chunkBlocks, fillKept, fillMask, fillNormal } =
    instance.exports as unknown as KernelExports;
  const blocks = chunkBlocks();
  const chunk = new Float32Array(memory.buffer, chunkAddress(), blocks * 8);
  const bytes = new Uint8Array(memory.buffer, chunkAddress(), blocks * 8);
  loaded = { chunk, bytes, blocks, fillKept, fillMask, fillNormal };
  return loaded;
};

/**
 * Writes elements of a stream, from element `start` on, as many blocks at a time as fit into the chunk.
 *
 * @param perBlock Elements of a block.
 * @param fill Draws this many blocks, from the given one on, into the chunk.
 */
export const fillByChunks = (
  target: Float32Array | Uint8Array,
  start: number,
  perBlock: number,
  fill: (blocks: number, firstBlock: number) => void,
): void => {
  const { chunk, bytes, blocks: maxBlocks } = kernels();
  const drawn = target instanceof Uint8Array ? bytes : chunk;
  for (let done = 0; done < target.length; ) {
    const skip = (start + done) % perBlock;
    const block = (start + done - skip) / perBlock;
    const count = Math.min(target.length - done, maxBlocks * perBlock - skip);
    fill(Math.ceil((skip + count) / perBlock), block);
    target.set(drawn.subarray(skip, skip + count), done);
    done += count;
  }
};
