import { mergeConfig } from 'vitest/config';
import { projectConfig } from '../../vitest.shared.ts';

export default mergeConfig(projectConfig(import.meta.url), {
  // A page on a busy machine takes its time.
  test: { expect: { poll: { timeout: 30_000 } }, globalSetup: 'src/testing/share-chromium.ts' },
});
