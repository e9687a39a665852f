import type { BackendChoice } from '@dropout-lab/backend/node';
import { ConfigError } from '@dropout-lab/contracts';

const choices: Readonly<Record<string, BackendChoice>> = {
  tensorflow: 'node',
  webgpu: 'webgpu',
  wasm: 'wasm',
  cpu: 'cpu',
};

/** Returns the choice of a TensorFlow.js name; undefined for a backend that Node lacks. */
export const choiceInNode = (name: string): BackendChoice | undefined => choices[name];

/**
 * Returns the choice that starts the backend of a TensorFlow.js name again.
 *
 * @throws ConfigError for a backend that Node lacks.
 */
export const backendChoice = (name: string): BackendChoice => {
  const choice = choiceInNode(name);
  if (choice) return choice;
  throw new ConfigError(
    `backend: expected one of ${Object.keys(choices).join(', ')}, received ${name}: this run was trained elsewhere than in Node`,
  );
};
