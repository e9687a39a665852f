import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RunEvent } from '@dropout-lab/contracts';
import { openRunDirectory, type RunReader } from '@dropout-lab/runs/node';
import { unzipSync } from 'fflate';
import type { Locator, Page } from 'playwright-core';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { downloaded } from './downloaded.ts';

/** The card of a run that is trained on the page, by its label. */
export const card = (page: Page, label: string): Locator =>
  page.getByRole('region', { name: label, exact: true });

/** Downloads the run of an arm, unpacks it, and opens it as the trainer would. */
export const downloadRun = async (page: Page, label: string): Promise<RunReader> => {
  const waiting = page.waitForEvent('download');
  await card(page, label).getByRole('button', { name: 'Download the run' }).click();
  const zip = await downloaded(await waiting);
  const folder = temporaryFolder();
  const files = Object.entries(unzipSync(zip));
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return openRunDirectory(join(folder, files[0]![0].split('/')[0]!));
};

/** The loss of each step. */
export const losses = (events: readonly RunEvent[]): number[] =>
  events.flatMap((event) => (event.kind === 'step' ? [event.loss] : []));
