import { mergeConfig } from 'vitest/config';
import { projectConfig } from '../../vitest.shared.ts';

export default mergeConfig(projectConfig(import.meta.url), {
  test: { globalSetup: 'src/testing/share-chromium.ts' },
});
