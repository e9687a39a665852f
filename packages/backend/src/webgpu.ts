import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { activate } from './activate.ts';
import { BackendError } from './errors.ts';
import { quietly } from './quietly.ts';
import type { RunningBackend } from './running-backend.ts';
import { hasVulkanDriver, vulkanDriverFolders } from './vulkan-drivers.ts';

const dawnPackage = 'webgpu';
const backendPackage = '@tensorflow/tfjs-backend-webgpu';

/** What is used of WebGPU, whose types are the DOM's. */
interface Gpu {
  requestAdapter(options: { readonly powerPreference: 'high-performance' }): Promise<GpuAdapter | null>;
}

interface GpuAdapter {
  readonly info: {
    readonly vendor: string;
    readonly architecture: string;
    readonly device: string;
    readonly description: string;
    readonly isFallbackAdapter?: boolean;
  };
}

/** A WebGPU that nothing uses yet. */
interface FoundGpu {
  readonly gpu: Gpu;
  /** The constants of WebGPU, such as GPUBufferUsage, which a browser has as global variables. */
  readonly globals: object;
  readonly adapter: GpuAdapter;
}

/**
 * WebGPU without a browser, by Google's Dawn (the npm package `webgpu`) over Vulkan, Metal or Direct3D 12: training on
 * a graphics processor without CUDA.
 *
 * @param resolveFrom A module of the application, whose packages are taken.
 * @param onlyHardware Refuses an adapter that is a program on the processor.
 * @throws BackendError when a package is not installed, or no such adapter is found.
 */
export const startWebgpu = async (
  resolveFrom: string | URL,
  { onlyHardware = false }: { readonly onlyHardware?: boolean } = {},
): Promise<RunningBackend> => {
  const { gpu, globals, adapter } = await findGpu(resolveFrom);
  const isSoftware = isSoftwareAdapter(adapter);
  const title = adapter.info.description || adapter.info.device || adapter.info.vendor;
  if (onlyHardware && isSoftware) {
    throw new BackendError(
      `backend webgpu: expected a graphics processor, found ${title}, a program on the processor, much slower than wasm`,
    );
  }
  Object.assign(globalThis, globals);
  Object.defineProperty(navigatorOfNode(), 'gpu', { value: gpu, configurable: true });
  await quietly(() => load(locate(resolveFrom, backendPackage), backendPackage));
  await activate('webgpu');
  return {
    name: 'webgpu',
    description: `webgpu (${title}${isSoftware ? ', in software' : ''})`,
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

/** One for the whole process: Dawn does not live through a second beside the first. */
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

/** Google's, Mesa's and Microsoft's programs that stand in for a graphics processor. */
const softwareNames = /swiftshader|llvmpipe|lavapipe|softpipe|basic render/i;

const isSoftwareAdapter = ({ info }: GpuAdapter): boolean =>
  info.isFallbackAdapter === true ||
  softwareNames.test([info.vendor, info.architecture, info.device, info.description].join(' '));

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
