import { fileURLToPath } from 'node:url';

/** The built program of a run's own process, whoever starts it: the built command, or a test that calls its source. */
export const runProcessFile: string = fileURLToPath(new URL('../dist/run-process.js', import.meta.url));
