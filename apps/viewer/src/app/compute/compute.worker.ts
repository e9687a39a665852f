import { expose } from 'comlink';
import { createPlayground } from './playground.ts';
import { createTrainer } from './trainer.ts';

/** What the pages ask of a thread of its own, where computing does not hold them up. */
const services = { ...createPlayground(), ...createTrainer() };

export type ComputeServices = typeof services;

expose(services);
