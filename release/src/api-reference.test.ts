import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { complaintsOf } from './package-checks.mjs';

// Commands that take seconds take minutes on a machine with much else to do.
vi.setConfig({ testTimeout: 900_000, hookTimeout: 900_000 });

const out = await mkdtemp(join(tmpdir(), 'dropout-lab-reference-'));
afterAll(() => rm(out, { recursive: true, force: true }));

test('every public symbol is documented, and the reference has a page for it', async () => {
  expect(await complaintsOf('typedoc', ['--options', 'typedoc.config.mjs', '--out', out])).toEqual([]);
  const page = await readFile(join(out, 'functions/_dropout-lab_metrics.comparePairs.html'), 'utf8');
  expect(page).toContain('MetricsError on unequal lengths');
});
