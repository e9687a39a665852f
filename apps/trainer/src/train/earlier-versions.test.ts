import { readdirSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runStatus } from '@dropout-lab/runs';
import { openRunDirectory } from '@dropout-lab/runs/node';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { callCli } from '../command/testing.ts';

const fixtures = fileURLToPath(new URL('../../../../packages/runs/fixtures/', import.meta.url));
const versions = readdirSync(fixtures, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

describe.each(versions)('runs that %s wrote', (version) => {
  const folder = temporaryFolder();
  beforeAll(() => cp(join(fixtures, version), folder, { recursive: true }));

  const lastWeights = async (run: string): Promise<number[]> => {
    const { snapshot } = await (await openRunDirectory(join(folder, run))).loadCheckpoint('last');
    return snapshot.weights.flatMap(({ values }) => [...values]);
  };

  test('are evaluated to the metrics that they had', async () => {
    const args = ['evaluate', 'completed', '--backend', 'wasm', '--json'];
    const { code, stdout, stderr } = await callCli(args, { cwd: folder });
    expect(code, stderr).toBe(0);
    const { loss, accuracy } = JSON.parse(stdout);
    expect(accuracy).toBe(0.07);
    expect(loss).toBeCloseTo(2.3116, 3);
  });

  test('continue where they were interrupted, and end as the one that was not', async () => {
    const { code, stderr } = await callCli(['train', '--resume', 'interrupted', '--json'], { cwd: folder });
    expect(code, stderr).toBe(0);
    const { events } = await (await openRunDirectory(join(folder, 'interrupted'))).readEvents();
    expect(runStatus(events)).toBe('completed');
    // Not to the bit: a later version may add up in another order.
    const [resumed, whole] = [await lastWeights('interrupted'), await lastWeights('completed')];
    expect(resumed).toHaveLength(1910);
    expect(Math.max(...resumed.map((value, i) => Math.abs(value - whole[i]!)))).toBeLessThan(1e-4);
  });
});
