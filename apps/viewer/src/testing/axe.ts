import axe from 'axe-core';
import type { Page } from 'playwright-core';

/**
 * Returns the rules of axe that a page breaks, each with the elements that break it. The page must have been opened with
 * `bypassCSP`, since its policy would not allow the script.
 */
export const violationsOf = async (page: Page): Promise<(string | string[])[][]> => {
  await page.addScriptTag({ content: axe.source });
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: { run(): Promise<axe.AxeResults> } }).axe.run(),
  );
  return violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
};
