import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import MarkdownIt from 'markdown-it';
import { SaxesParser } from 'saxes';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { parseStudy } from '../study/study.ts';
import { finishedRuns } from '../testing/study-runs.ts';
import { reportFiles, writeReport } from './write-report.ts';

/** Texts and names of an XML file, by a parser that refuses what is not XML. */
const textsOfXml = (xml: string): string[] => {
  const texts: string[] = [];
  const parser = new SaxesParser({ xmlns: true });
  parser.on('text', (text) => texts.push(text));
  parser.on('opentag', ({ attributes }) => {
    const label = attributes['aria-label'];
    if (label) texts.push(label.value);
  });
  parser.write(xml).close();
  return texts;
};

const studyWith = (title: string) =>
  parseStudy(
    {
      ...{ name: 'titles', title, description: title, config: { epochs: 3 } },
      arms: {
        first: { title },
        second: { title: `${title} 2`, changes: { model: { dropout: { rate: 0 } } } },
        third: { title: 'third', changes: { optimizer: { name: 'sgd' } } },
      },
      comparisons: [{ title, arms: ['first', 'second'] }],
    },
    'titles',
  );

const ascii = String.fromCharCode(...Array.from({ length: 0x7f - 0x21 }, (_, i) => 0x21 + i));

const write = async (title: string, classNames: readonly string[] = ['cat', 'dog']) => {
  const folder = temporaryFolder();
  const study = studyWith(title);
  const runs = finishedRuns(study, () => ({ accuracy: 0.7, loss: 1 })).map((run) => ({
    ...run,
    manifest: run.manifest && { ...run.manifest, classNames: [...classNames] },
  }));
  await writeReport(folder, study, runs, []);
  const [name] = await readdir(join(folder, reportFiles.charts));
  const pictures = join(folder, reportFiles.charts, name!);
  const names = (await readdir(pictures)).filter((name) => name.endsWith('.svg'));
  const svgs = await Promise.all(
    names.map(async (name) => [name, textsOfXml(await readFile(join(pictures, name), 'utf8'))] as const),
  );
  return {
    svgs: new Map(svgs),
    html: parseHTML(await readFile(join(folder, reportFiles.html), 'utf8')).document,
    markdown: parseHTML(
      `<!doctype html><html><body>${new MarkdownIt({ html: true }).render(await readFile(join(folder, reportFiles.markdown), 'utf8'))}</body></html>`,
    ).document,
  };
};

test.each([
  ascii,
  'Dropout < 0.5 & max-norm',
  `"double" and 'single'`,
  ']]> <![CDATA[a]]> <!-- b --> <?c?>',
  '<script>alert(1)</script><br>',
  '&amp; &lt; &nbsp; &#60; & &;',
  'no\u00a0break',
  'var(--ink) currentColor',
  '*a* _b_ `c` [d](e) ![f](g) ~~h~~ $i$ | j \\ k \\* l',
  '# heading #',
  '1. one',
  '2) two',
  '- minus',
  '+ plus',
  '===',
  '> quoted',
  '🎲 👩‍👩‍👧 𝒟ropout',
  'نسبة الإسقاط ٠٫٥',
  'השמטה (0.5) < 1',
  'Ausfall 50 % – „größer“',
])('the title %s is read back from every file of the report', async (title) => {
  const { svgs, html, markdown } = await write(title);
  for (const theme of ['light', 'dark']) {
    for (const chart of [
      'accuracy-first-and-second',
      'loss-first-and-second',
      'all-accuracy',
      'reliability-first',
    ]) {
      expect([...svgs.keys()]).toContain(`${chart}-${theme}.svg`);
    }
    for (const chart of ['accuracy-first-and-second', 'loss-first-and-second', 'all-accuracy']) {
      const texts = svgs.get(`${chart}-${theme}.svg`)!;
      expect(texts.filter((text) => text.includes(title)).length, chart).toBeGreaterThanOrEqual(2);
    }
  }
  for (const page of [html, markdown]) {
    expect(page.querySelector('h1')?.textContent).toBe(title);
    expect([...page.querySelectorAll('h2')].map(({ textContent }) => textContent)).toContain(title);
    expect(page.querySelector('h1 + p')?.textContent).toBe(title);
    expect([...page.querySelectorAll('th')].map(({ textContent }) => textContent)).toContain(`${title} 2`);
    expect(page.querySelector('script')).toBe(null);
  }
  expect(html.title).toBe(title);
  expect([...html.querySelectorAll('figcaption')].map(({ textContent }) => textContent)).toContain(title);
  expect(
    [...html.querySelectorAll('svg')].some((svg) => svg.getAttribute('aria-label')?.includes(title)),
  ).toBe(true);
  expect([...markdown.querySelectorAll('em')].map(({ textContent }) => textContent)).toContain(title);
  expect([...markdown.querySelectorAll('img')].map((img) => img.getAttribute('alt'))).toContain(title);
});

test.each(['a\u0000b', 'a\u0007b', 'a\u001b[31mb', 'a\nb', 'a\tb', 'a\u0085b', 'a\ud800b', 'a\uffffb'])(
  'the title %j is refused by its place',
  (title) => {
    expect(() => studyWith(title)).toThrow(
      'titles: title: expected one line of text without control characters, received ',
    );
    const study = { name: 'x', title: 'x', arms: { a: { title } } };
    expect(() => parseStudy(study, 'titles')).toThrow('titles: arms.a.title: expected one line of text');
  },
);

test('a class name with characters that XML does not allow is drawn without them', async () => {
  const { svgs } = await write('title', ['a\u0007b\ud800c', '<&">']);
  const texts = svgs.get('confusion-first-light.svg')!;
  expect(texts.filter((text) => text.includes('a\ufffdb\ufffdc')).length).toBeGreaterThan(0);
  expect(texts.filter((text) => text.includes('<&">')).length).toBeGreaterThan(0);
});
