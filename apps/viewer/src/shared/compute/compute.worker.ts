import '../jitless.ts';
import { expose } from 'comlink';
import { modelCheck } from './model-check.ts';
import { createPlayground } from './playground.ts';
import { replicaService } from './replicas.ts';
import { createTrainer } from './trainer.ts';

/** What the pages ask of a thread of its own, where computing does not hold them up. */
const services = { ...createPlayground(), ...createTrainer(), ...replicaService, ...modelCheck };

export type ComputeServices = typeof services;

expose(services);
