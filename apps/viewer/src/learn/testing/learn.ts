import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseRunConfig } from '@dropout-lab/contracts';
import { decodeWeights } from '@dropout-lab/runs';
import type { Browser, Page } from 'playwright-core';
import { openPage } from '../../../../../scripts/chromium.mjs';
import { temporaryFolder } from '../../../../../scripts/temporary-folder.ts';
import { startViewer, type Viewer } from '../../server/start-viewer.ts';
import type { PlaygroundModel } from '../../shared/compute/built-model.ts';

const sample = fileURLToPath(new URL('../../../public/sample', import.meta.url));

/** Returns a file of a run that ships with the pages. */
export const shippedFile = (run: string, path: string): Promise<Buffer> => readFile(join(sample, run, path));

/** Reads the model that the steps take apart. */
export const shippedModel = async (): Promise<PlaygroundModel> => {
  const best = (file: string) => shippedFile('dropout-seed-0', `checkpoints/best/${file}`);
  const { config } = JSON.parse((await shippedFile('dropout-seed-0', 'run.json')).toString());
  const files = {
    'model.json': (await best('model.json')).toString(),
    'weights.bin': new Uint8Array(await best('weights.bin')),
  };
  return { config: parseRunConfig(config), weights: decodeWeights(files, 'sample') };
};

/** Starts a viewer without runs and without the official images. */
export const startLearn = (): Promise<Viewer> => {
  const runsFolder = temporaryFolder();
  return startViewer({ runsFolder, port: 0, dataFolder: join(runsFolder, 'no-data') });
};

/** Opens a step alone, which is quicker than the whole page. */
export const openStep = (
  browser: Browser,
  viewer: Viewer,
  step: string,
  fragment = '',
): Promise<{ page: Page; complaints: string[] }> =>
  openPage(browser, `${viewer.url}?embed=${step}${fragment}`, { viewport: { width: 1000, height: 1100 } });
