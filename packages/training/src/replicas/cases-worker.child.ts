/** A thread of tests: serves the model of a case at each port that it receives. */
import { type MessagePort as NodePort, parentPort } from 'node:worker_threads';
import '@tensorflow/tfjs-backend-cpu';
import { setBackend } from '@tensorflow/tfjs-core';
import { builders, type CaseOfKeras } from '../keras/cases-of-keras.ts';
import { serveReplica } from './remote-replica.ts';

await setBackend('cpu');
parentPort!.on('message', ({ port, name }: { readonly port: NodePort; readonly name: CaseOfKeras }) => {
  // Node's port can do what is needed of the web's; their types differ.
  serveReplica(port as unknown as MessagePort, builders[name]());
});
