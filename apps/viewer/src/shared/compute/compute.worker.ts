import '../jitless.ts';
import { expose } from 'comlink';
import { createLesson } from './lesson.ts';
import { modelCheck } from './model-check.ts';
import { modelImport } from './model-import.ts';
import { createPlayground } from './playground.ts';
import { runReader } from './run-reader.ts';
import { normTraining } from './training/norm-training.ts';
import { replicaService } from './training/replicas.ts';
import { createTrainer } from './training/trainer.ts';

/** The services of a thread that computes, so that pages answer meanwhile. */
const services = {
  ...createPlayground(),
  ...createLesson(),
  ...createTrainer(),
  ...replicaService,
  ...normTraining,
  ...modelCheck,
  ...modelImport,
  ...runReader,
};

export type ComputeServices = typeof services;

expose(services);
