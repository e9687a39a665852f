import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** An empty folder of its own for a test; removed after the file's last. */
export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'dropout-lab-runs-'));
  folders.push(folder);
  return folder;
};
