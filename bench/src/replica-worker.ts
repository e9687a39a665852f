import { type MessagePort as NodeMessagePort, workerData } from 'node:worker_threads';
import { startBackend } from '@dropout-lab/backend/node';
import { buildModel, modelSpecOf } from '@dropout-lab/model';
import { serveReplica } from '@dropout-lab/training';
import { config } from './workload.ts';

await startBackend('wasm');
const port = workerData as NodeMessagePort;
// Node's port works in place of the web's here; only their declared types differ.
serveReplica(port as unknown as MessagePort, buildModel(modelSpecOf(config), config.seed));
