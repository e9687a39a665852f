import { mergeConfig } from 'vitest/config';
import { projectConfig } from '../vitest.shared.ts';

export default mergeConfig(projectConfig(import.meta.url), {
  // The tutorial trains on the real images.
  test: { include: ['*.test.ts'], globalSetup: '../apps/trainer/src/data/fetch-data.setup.ts' },
});
