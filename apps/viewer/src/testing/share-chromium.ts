import { SHARED_CHROMIUM, serveChromium } from '../../../../scripts/chromium.mjs';

/** Launches the browser that the files of tests share, before the first of them; where it fails, each says so itself. */
export default async () => {
  const server = await serveChromium().catch(() => undefined);
  if (server === undefined) return;
  process.env[SHARED_CHROMIUM] = server.wsEndpoint();
  return () => server.close();
};
