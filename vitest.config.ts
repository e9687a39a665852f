import { defineConfig } from 'vitest/config';
import { onConsoleLog } from './vitest.shared.ts';

export default defineConfig({
  test: { onConsoleLog, projects: ['packages/*', 'apps/*', 'parity', 'scripts'] },
});
