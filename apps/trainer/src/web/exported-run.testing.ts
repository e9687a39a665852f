import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import sharp from 'sharp';
import sirv from 'sirv';
import { callCli } from '../command/testing.ts';
import { sample, train } from '../index.ts';

/** Trains a small network on the images that come along, and exports it. @returns The folders of the run and of the export. */
export const exportedRun = async (folder: string): Promise<{ run: string; exported: string }> => {
  const run = join(folder, 'run');
  const model = await train({
    data: await sample(),
    backend: 'wasm',
    epochs: 3,
    batchSize: 25,
    optimizer: { name: 'adam', learningRate: 0.003 },
    dropout: 0.3,
    seed: 7,
    model: { filters: [6, 8], units: [16], maxNorm: { value: 0.5 } },
  });
  await model.save(run);
  model.dispose();
  const exported = join(folder, 'exported');
  const { code, stderr } = await callCli(['export', run, '--format', 'web', '--output', exported], {
    cwd: folder,
  });
  if (code !== 0) throw new Error(stderr);
  return { run, exported };
};

/** Serves a folder's files as any static host does, under a path. */
export const serve = async (folder: string, path: string): Promise<{ server: Server; address: string }> => {
  const files = sirv(folder, { dev: true });
  const server = createServer((request, response) => {
    const notFound = (): void => void response.writeHead(404).end();
    if (!request.url!.startsWith(path)) return notFound();
    request.url = request.url!.slice(path.length - 1);
    files(request, response, notFound);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}` };
};

/** A drawing with edges, slopes and colours, which show every mistake of scaling. */
const drawing = (width: number, height: number): Buffer =>
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 100 100" preserveAspectRatio="none">
    <defs><linearGradient id="sky"><stop stop-color="#246"/><stop offset="1" stop-color="#fc8"/></linearGradient></defs>
    <rect width="100" height="100" fill="url(#sky)"/><circle cx="30" cy="35" r="18" fill="#e33"/>
    <path d="M0 100 40 50l20 25 15-20 25 45z" fill="#263" stroke="#fff" stroke-width="1.5"/></svg>`);

/** Pictures of many kinds, as files by their names. */
export const writePictures = async (folder: string): Promise<readonly string[]> => {
  const picture = (width: number, height: number) => sharp(drawing(width, height)).removeAlpha();
  const files = {
    'small.png': picture(20, 26).png(),
    'same.png': picture(32, 32).png(),
    'large.png': picture(1200, 801).png(),
    'narrow.png': picture(40, 333).png(),
    'grey.png': picture(200, 150).greyscale().png(),
    'palette.png': picture(150, 150).png({ palette: true, colours: 16 }),
    'photograph.jpg': picture(1600, 1067).jpeg({ quality: 90 }),
    'turned.jpg': picture(640, 400).withMetadata({ orientation: 6 }).jpeg({ chromaSubsampling: '4:4:4' }),
    'lossless.webp': picture(300, 200).webp({ lossless: true }),
    'transparent.png': sharp(drawing(90, 60))
      .composite([
        {
          input: Buffer.from(
            '<svg width="90" height="60"><rect width="45" height="60" fill-opacity=".5"/></svg>',
          ),
          blend: 'dest-in',
        },
      ])
      .png(),
  };
  await Promise.all(Object.entries(files).map(([name, file]) => file.toFile(join(folder, name))));
  return Object.keys(files);
};
