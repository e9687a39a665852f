import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

/** Makes an empty folder for a test; it is removed after the last test of its file. */
export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'dropout-lab-test-'));
  folders.push(folder);
  return folder;
};
