import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { published } from '../../scripts/workspaces.mjs';
import { writeApiReference } from './api-reference.mjs';

const temporary = await mkdtemp(join(tmpdir(), 'dropout-lab-reference-'));
afterAll(() => rm(temporary, { recursive: true, force: true }));

test('every public symbol is documented, and the reference has a page for it', async () => {
  expect(await writeApiReference(published, temporary)).toEqual([]);
  const page = await readFile(join(temporary, 'functions/_dropout-lab_metrics.comparePairs.html'), 'utf8');
  expect(page).toContain('MetricsError on unequal lengths');
}, 180_000);
