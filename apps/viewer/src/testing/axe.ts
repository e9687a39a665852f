import axe from 'axe-core';
import type { Page } from 'playwright-core';

/**
 * What axe finds in a page as it is: the rules that are broken, each with the elements that break it. The page must have
 * been opened with `bypassCSP`, as by an administrator's tool, which its policy does not bind.
 */
export const violationsOf = async (page: Page): Promise<(string | string[])[][]> => {
  await page.addScriptTag({ content: axe.source });
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: { run(): Promise<axe.AxeResults> } }).axe.run(),
  );
  return violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
};
