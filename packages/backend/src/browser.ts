export { BackendError } from './errors.ts';
export { defaultWorkers, describeHardware } from './hardware/in-browser.ts';
export {
  type BrowserBackendChoice,
  type StartBrowserBackendOptions,
  startBackend,
} from './start/in-browser.ts';
export type { BackendName, StartedBackend } from './start/running-backend.ts';
export type { WasmKernels } from './start/wasm-kernels.ts';
