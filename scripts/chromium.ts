import { type Browser, chromium, type Page } from 'playwright-core';
import { systemProgram } from './system-packages.mjs';

/**
 * Headless Chromium for tests of pages, with WebGL in software, which needs no graphics card.
 *
 * @param more Options of its command line, besides those.
 * @throws Error where there is none and none can be installed.
 */
export const launchChromium = async (more: readonly string[] = []): Promise<Browser> => {
  const executablePath = await systemProgram('chromium', {
    debian: 'chromium',
    elsewhere: 'have Chromium or a link to Chrome on the PATH as chromium',
  });
  if (executablePath === undefined) throw new Error('the tests of pages need Chromium: see the line above');
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--use-gl=angle',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      // A test's webcam is a moving test picture.
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      ...more,
    ],
  });
};

/** Opens a page, and collects its complaints: errors, and violations of its policy. */
export const openPage = async (
  browser: Browser,
  url: string,
  options: Parameters<Browser['newPage']>[0] = {},
): Promise<{ page: Page; complaints: string[] }> => {
  const page = await browser.newPage(options);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error.stack ?? error)));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(url);
  return { page, complaints };
};
