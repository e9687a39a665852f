import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { runNode } from '../../../scripts/run-node.ts';

test('the gallery is one page with every chart, light and dark', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'dropout-lab-gallery-')), 'gallery.html');
  const program = fileURLToPath(new URL('../scripts/gallery.mjs', import.meta.url));
  const { stdout, stderr } = await runNode([program, file], { cwd: tmpdir() });
  expect(stderr).toBe('');
  const count = Number(stdout.match(/: (\d+) charts, light and dark\n$/)![1]);
  const html = await readFile(file, 'utf8');
  const { document } = parseHTML(html);
  for (const theme of ['light', 'dark']) {
    expect(document.querySelectorAll(`section.${theme} svg`), theme).toHaveLength(count);
  }
  const names = [...document.querySelectorAll('section.light svg')].map(
    (svg) => svg.getAttribute('aria-label')!,
  );
  for (const kind of [
    ...[
      /^loss/,
      /^accuracy/,
      /^training minus/,
      /^learning rate/,
      /^confusion/,
      /^reliability/,
      /^rejection/,
    ],
    ...[/ by model\.dropout\.rate/, /^test images/, /^the 32 filters/, /mask/],
  ])
    expect(
      names.some((name) => kind.test(name)),
      String(kind),
    ).toBe(true);
  expect(html).not.toMatch(/NaN|undefined|Infinity/);
  for (const element of document.querySelectorAll('[src], [href]'))
    expect(element.getAttribute('src') ?? element.getAttribute('href')).toMatch(/^data:/);
});
