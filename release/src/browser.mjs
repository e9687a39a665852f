import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { run } from './npm.mjs';

const places = [
  process.env['CHROME_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** @returns {string | undefined} The path of a Chromium, where there is one. */
export const findBrowser = () => places.find((path) => path !== undefined && existsSync(path));

const mediaTypes = new Map([
  ['.html', 'text/html'],
  ['.js', 'text/javascript'],
]);

/**
 * Opens the page of a folder in a browser.
 *
 * @param {string} browser
 * @param {string} folder It has an index.html.
 * @returns {Promise<string>} The document as its scripts have left it.
 */
export const readPage = async (browser, folder) => {
  const server = createServer(async ({ url = '/' }, response) => {
    const file = join(folder, url === '/' ? 'index.html' : new URL(url, 'http://localhost').pathname);
    const content = await readFile(file).catch(() => undefined);
    response.writeHead(content ? 200 : 404, {
      'content-type': mediaTypes.get(extname(file)) ?? 'text/plain',
    });
    response.end(content);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  const profile = await mkdtemp(join(tmpdir(), 'dropout-lab-browser-'));
  try {
    const { stdout } = await run(
      browser,
      [
        ...[
          '--headless',
          '--no-sandbox',
          '--disable-gpu',
          '--disable-sync',
          '--disable-background-networking',
        ],
        ...['--no-first-run', '--disable-component-update', `--user-data-dir=${profile}`, '--dump-dom'],
        `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`,
      ],
      { cwd: folder },
    );
    return stdout;
  } finally {
    server.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
};
