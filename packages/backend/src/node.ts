export { BackendError } from './errors.ts';
export { defaultWorkers, describeHardware } from './hardware.ts';
export type { BackendName, StartedBackend } from './running-backend.ts';
export {
  type BackendChoice,
  type StartBackendOptions,
  startBackend,
} from './start-backend.ts';
export { tfjsNodeFolder } from './tfjs-node-folder.ts';
