export { BackendError } from './errors.ts';
export { defaultWorkers, describeHardware } from './hardware.ts';
export { tfjsNodeFolder } from './native/tfjs-node-folder.ts';
export type { BackendName, StartedBackend } from './running-backend.ts';
export {
  type BackendChoice,
  type StartBackendOptions,
  startBackend,
} from './start-backend.ts';
