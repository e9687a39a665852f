/**
 * Starts the backend that a test file is to run on, before it is loaded: the one named in TEST_BACKEND, which
 * vitest.shared.ts sets for each project, in the tests' own process.
 */
import { type BackendChoice, startBackend } from '@dropout-lab/backend/node';

await startBackend(process.env['TEST_BACKEND'] as BackendChoice);
