import { chromium } from 'playwright-core';
import { systemProgram } from './system-packages.mjs';

/**
 * Headless Chromium, with WebGL in software, which needs no graphics card: on Linux the one on the PATH, elsewhere
 * Google Chrome, which Playwright finds.
 *
 * @param {readonly string[]} [more] Options of its command line, besides those.
 * @returns {Promise<import('playwright-core').Browser>}
 * @throws An Error where there is none and none can be installed.
 */
export const launchChromium = async (more = []) => chromium.launch(await optionsOf(more));

/** Where tests find the browser that they share: {@link serveChromium}'s address, in a variable of the environment. */
export const SHARED_CHROMIUM = 'TEST_CHROMIUM';

/**
 * Launches Chromium to be shared by processes that have its address. Each has pages and storage of its own there.
 *
 * @returns {Promise<import('playwright-core').BrowserServer>}
 * @throws An Error where there is none and none can be installed.
 */
export const serveChromium = async () => chromium.launchServer(await optionsOf([]));

/**
 * The browser that all tests of this run share, or where there is none, for a test that is run by itself, its own. To close
 * it closes the caller's pages. A test that crashes a part of the browser launches one of its own.
 *
 * @returns {Promise<import('playwright-core').Browser>}
 */
export const sharedChromium = async () => {
  const address = process.env[SHARED_CHROMIUM];
  return address === undefined ? launchChromium() : chromium.connect(address);
};

/** @param {readonly string[]} more */
const optionsOf = async (more) => {
  const executablePath =
    process.platform === 'linux'
      ? await systemProgram('chromium', {
          debian: 'chromium',
          elsewhere: 'have Chromium or a link to Chrome on the PATH as chromium',
        })
      : undefined;
  return {
    ...(executablePath === undefined ? { channel: 'chrome' } : { executablePath }),
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
  };
};

/**
 * Opens a page, and collects whatever it complains about: errors, what its policy forbade, and what is deprecated.
 *
 * @param {import('playwright-core').Browser} browser
 * @param {string} url
 * @param {Parameters<import('playwright-core').Browser['newPage']>[0]} [options]
 * @returns {Promise<{ page: import('playwright-core').Page, complaints: string[] }>}
 */
export const openPage = async (browser, url, options = {}) => {
  const page = await browser.newPage(options);
  /** @type {string[]} */
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error.stack ?? error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || /deprecat/i.test(message.text())) complaints.push(message.text());
  });
  await page.goto(url);
  return { page, complaints };
};
