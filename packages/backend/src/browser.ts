export { BackendError } from './errors.ts';
export { defaultWorkers, describeHardware } from './graphics/browser-hardware.ts';
export type { BackendName, StartedBackend } from './running-backend.ts';
export {
  type BrowserBackendChoice,
  type StartBrowserBackendOptions,
  startBackend,
} from './start-browser-backend.ts';
