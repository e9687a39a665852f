import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { replaceWebgpuKernels } from '@dropout-lab/wasm-training/other-backends';
import { BackendError } from '../errors.ts';
import { activate } from '../start/activate.ts';
import type { RunningBackend } from '../start/running-backend.ts';
import { withoutWarnings } from '../start/without-warnings.ts';
import { type AdapterInfo, describeAdapter } from './software-renderer.ts';
import { hasVulkanDriver, vulkanDriverFolders } from './vulkan-drivers.ts';

const dawnPackage = 'webgpu';
const backendPackage = '@tensorflow/tfjs-backend-webgpu';

/** The part of WebGPU that is used here; its types are in the DOM's. */
interface Gpu {
  requestAdapter(options: { readonly powerPreference: 'high-performance' }): Promise<GpuAdapter | null>;
}

interface GpuAdapter {
  readonly info: AdapterInfo;
}

/** WebGPU with an adapter, before a backend uses it. */
interface FoundGpu {
  readonly gpu: Gpu;
  /** The constants of WebGPU, such as GPUBufferUsage, which are global variables in a browser. */
  readonly globals: object;
  readonly adapter: GpuAdapter;
}

/**
 * Starts WebGPU without a browser, by Google's Dawn (the npm package `webgpu`) over Vulkan, Metal or Direct3D 12: training on
 * a graphics processor without CUDA.
 *
 * @param resolveFrom A module of the application, whose packages are taken.
 * @param onlyHardware Refuses a software adapter.
 * @throws BackendError when a package is not installed, or no such adapter is found.
 */
export const startWebgpu = async (
  resolveFrom: string | URL,
  { onlyHardware = false }: { readonly onlyHardware?: boolean } = {},
): Promise<RunningBackend> => {
  const { gpu, globals, adapter } = await findGpu(resolveFrom);
  const { title, isSoftware } = describeAdapter(adapter.info);
  if (onlyHardware && isSoftware) {
    throw new BackendError(
      `backend webgpu: expected a graphics processor, found ${title}, much slower than wasm`,
    );
  }
  Object.assign(globalThis, globals);
  Object.defineProperty(navigatorOfNode(), 'gpu', { value: gpu, configurable: true });
  await withoutWarnings(() => load(locate(resolveFrom, backendPackage), backendPackage));
  await activate('webgpu');
  replaceWebgpuKernels();
  return {
    name: 'webgpu',
    description: `webgpu (${title})`,
    versions: {
      [backendPackage]: versionFrom(resolveFrom, backendPackage),
      [dawnPackage]: versionFrom(resolveFrom, dawnPackage),
    },
  };
};

/** Where TensorFlow.js looks for WebGPU. Node has it from version 21 on. */
const navigatorOfNode = (): object => {
  const global = globalThis as { navigator?: object };
  global.navigator ??= {};
  return global.navigator;
};

const findGpu = async (resolveFrom: string | URL): Promise<FoundGpu> => {
  const dawn = locate(resolveFrom, dawnPackage);
  known ??= await openGpu(dawn);
  return known;
};

/** One for the whole process: Dawn crashes when a second one is opened. */
let known: FoundGpu | undefined;

const openGpu = async (dawn: string): Promise<FoundGpu> => {
  if (process.platform === 'linux' && !hasVulkanDriver()) {
    throw new BackendError(
      `backend webgpu: expected a Vulkan driver in ${vulkanDriverFolders().join(', ')}, found none: install the graphics processor's, or choose another backend`,
    );
  }
  const { create, globals } = (await load(dawn, dawnPackage)) as {
    create(options: readonly string[]): Gpu;
    globals: object;
  };
  const gpu = create([]);
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) {
    throw new BackendError(
      'backend webgpu: expected a graphics processor that Vulkan, Metal or Direct3D 12 reaches, found none: install its driver, or choose another backend',
    );
  }
  return { gpu, globals, adapter };
};

/** A package's module, as a URL. */
const locate = (resolveFrom: string | URL, name: string): string => {
  try {
    return pathToFileURL(createRequire(resolveFrom).resolve(name)).href;
  } catch (cause) {
    throw notLoaded(name, cause);
  }
};

const load = async (module: string, name: string): Promise<unknown> => {
  try {
    return await import(module);
  } catch (cause) {
    throw notLoaded(name, cause);
  }
};

const notLoaded = (name: string, cause: unknown): BackendError =>
  new BackendError(
    `backend webgpu: ${name} could not be loaded: npm install ${dawnPackage} ${backendPackage}, or choose another backend`,
    { cause },
  );

const versionFrom = (resolveFrom: string | URL, name: string): string =>
  (createRequire(resolveFrom)(`${name}/package.json`) as { version: string }).version;
