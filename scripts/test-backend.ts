/**
 * Starts the backend of a test file before the file is loaded: the one named in TEST_BACKEND, which
 * vitest.shared.ts sets for each project, in the tests' own process.
 */
import { type BackendChoice, startBackend } from '@dropout-lab/backend/node';

await startBackend(process.env['TEST_BACKEND'] as BackendChoice);
