export { describeHardware } from './browser-hardware.ts';
export { BackendError } from './errors.ts';
export type { BackendName, StartedBackend } from './running-backend.ts';
export {
  type BrowserBackendChoice,
  type StartBrowserBackendOptions,
  startBackend,
} from './start-browser-backend.ts';
