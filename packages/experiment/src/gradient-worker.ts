import { workerData } from 'node:worker_threads';
import { startBackend } from '@dropout-lab/backend/node';
import { buildModel, modelSpecOf } from '@dropout-lab/model';
import { serveReplica } from '@dropout-lab/training';
import type { GradientWorkerData } from './thread-replicas.ts';

const { port, backend, kernels, config } = workerData as GradientWorkerData;
await startBackend(backend, { kernels });
serveReplica(port as unknown as MessagePort, buildModel(modelSpecOf(config), config.seed));
