/** For tests, in a thread of its own: serves the model of any case at each port that it is sent. */
import { type MessagePort as NodePort, parentPort } from 'node:worker_threads';
import '@tensorflow/tfjs-backend-cpu';
import { setBackend } from '@tensorflow/tfjs-core';
import { builders, type CaseOfKeras } from '../keras/cases-of-keras.ts';
import { serveReplica } from './remote-replica.ts';

await setBackend('cpu');
parentPort!.on('message', ({ port, name }: { readonly port: NodePort; readonly name: CaseOfKeras }) => {
  // Node's port has all that the web's needs to have here; their declared types differ.
  serveReplica(port as unknown as MessagePort, builders[name]());
});
