import compressed from 'virtual:tfjs-wasm';
import { DropoutLabError } from '@dropout-lab/contracts';
import { registerTrainingKernels } from '@dropout-lab/wasm-training';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { env, ready, setBackend } from '@tensorflow/tfjs-core';

/**
 * Starts TensorFlow.js's wasm backend from the bytes that this script contains, so that there is no file beside it to be
 * found, served with the right type, or blocked for a page from a disk.
 */
export const startWasm = async (): Promise<void> => {
  if (!(await env().getAsync('WASM_HAS_SIMD_SUPPORT'))) {
    throw new DropoutLabError(
      'loadClassifier: expected a browser with WebAssembly SIMD, found none here: use one of 2023 or later',
    );
  }
  // Its own threads need a page that is isolated from others, and a file for each.
  env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  registerTrainingKernels();
  const bytes = await decompressed(compressed);
  const { platform } = env();
  const fetchOfPlatform = platform.fetch;
  // The backend takes its bytes from a fetch and in no other way.
  setWasmPaths('', true);
  platform.fetch = async () => new Response(bytes);
  try {
    await setBackend('wasm');
    await ready();
  } finally {
    platform.fetch = fetchOfPlatform;
  }
};

const decompressed = (base64: string): Promise<ArrayBuffer> => {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();
};
