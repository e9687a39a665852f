export { BackendError } from './errors.ts';
export { defaultWorkers, describeHardware } from './hardware/in-node.ts';
export { allocatorSettings } from './native/allocator-settings.ts';
export { tfjsNodeFolder } from './native/tfjs-node-folder.ts';
export { compileWasmKernels } from './start/compile-wasm-kernels.ts';
export {
  type BackendChoice,
  type StartBackendOptions,
  startBackend,
} from './start/in-node.ts';
export { type InstalledBackend, installedBackends } from './start/installed-backends.ts';
export type { BackendName, StartedBackend } from './start/running-backend.ts';
export type { WasmKernels } from './start/wasm-kernels.ts';
