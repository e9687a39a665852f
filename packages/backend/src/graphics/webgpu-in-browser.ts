import { replaceWebgpuKernels } from '@dropout-lab/wasm-training/other-backends';
import * as tf from '@tensorflow/tfjs-core';
import { BackendError } from '../errors.ts';
import { activate } from '../start/activate.ts';
import type { RunningBackend } from '../start/running-backend.ts';
import { withoutWarnings } from '../start/without-warnings.ts';
import type { GraphicsOptions } from './graphics-options.ts';
import { type AdapterInfo, describeAdapter } from './software-renderer.ts';

/** The part of the browser's WebGPU that is used here. */
interface Gpu {
  requestAdapter(options: { readonly powerPreference: 'high-performance' }): Promise<GpuAdapter | null>;
}

interface GpuAdapter {
  /** Missing in the first browsers with WebGPU, which had a function instead. */
  readonly info?: AdapterInfo;
  requestAdapterInfo?(): Promise<AdapterInfo>;
}

/**
 * Starts the browser's WebGPU.
 *
 * @throws BackendError when the browser has none, or no such adapter.
 */
export const startBrowserWebgpu = async ({
  onlyHardware = false,
  onLost,
}: GraphicsOptions = {}): Promise<RunningBackend> => {
  const gpu = (globalThis.navigator as { readonly gpu?: Gpu }).gpu;
  // Some browsers have WebGPU and reject the request.
  const adapter = await gpu?.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null);
  if (!adapter) {
    throw new BackendError(
      `backend webgpu: expected a browser with WebGPU and an adapter, found ${gpu ? 'no adapter' : 'no WebGPU (it needs https or localhost)'}: choose another backend`,
    );
  }
  const { title, isSoftware } = describeAdapter(adapter.info ?? (await adapter.requestAdapterInfo?.()) ?? {});
  if (onlyHardware && isSoftware) {
    throw new BackendError(
      `backend webgpu: expected a graphics processor, found ${title}, much slower than wasm`,
    );
  }
  await withoutWarnings(() => import('@tensorflow/tfjs-backend-webgpu'));
  await activate('webgpu');
  replaceWebgpuKernels();
  if (onLost) void deviceOf(tf.backend()).lost.then(onLost);
  return {
    name: 'webgpu',
    description: `webgpu (${title})`,
    // The package exports no version; all packages of TensorFlow.js are released together.
    versions: { '@tensorflow/tfjs-backend-webgpu': tf.version_core },
  };
};

const deviceOf = (backend: unknown): { readonly lost: Promise<unknown> } =>
  (backend as { readonly device: { readonly lost: Promise<unknown> } }).device;
