/** For remote-replica.test.ts, in a thread of its own: serves a replica at the port that it is started with. */
import { type MessagePort as NodePort, workerData } from 'node:worker_threads';
import '@tensorflow/tfjs-backend-cpu';
import { setBackend } from '@tensorflow/tfjs-core';
import { tinyModel } from '../testing.ts';
import { serveReplica } from './remote-replica.ts';

const { port } = workerData as { port: NodePort };
await setBackend('cpu');
// Node's port has all that the web's needs to have here; their declared types differ.
serveReplica(port as unknown as MessagePort, tinyModel());
