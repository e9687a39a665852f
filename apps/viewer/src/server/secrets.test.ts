import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RUN_SCHEMA_VERSION } from '@dropout-lab/contracts';
import { decodeManifest } from '@dropout-lab/runs';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import type { RunDigest } from '../shared/runs/catalogue.ts';
import { createEndedRun, manifestOf } from '../testing/runs.ts';
import { exportViewer } from './export-viewer.ts';
import { startViewer } from './start-viewer.ts';

const commands: readonly (readonly [name: string, typed: readonly string[], shown: readonly string[]])[] = [
  ['redis', ['worker', '--queue', 'redis://lab:s3cret@host:6379/1'], ['redis://***@host:6379/1']],
  ['raw-at', ['worker', '--queue=redis://lab:s3@cret@host:6379'], ['--queue=redis://***@host:6379']],
  ['raw-slash', ['worker', '--queue=redis://lab:s3/cr@et@host'], ['--queue=redis://***']],
  ['mirror', ['train', '--mirror', 'https://me:s3cret@mirror.example/a'], ['https://***@mirror.example/a']],
  [
    'token',
    ['train', '--mirror=https://mirror.example/a?t=s3cret'],
    ['--mirror=https://mirror.example/a?***'],
  ],
  ['none', ['train', '--epochs', '3'], ['3']],
];

/** Runs as versions wrote them that kept command lines as typed. */
const versions = [1, 2];

const nameOf = (version: number, name: string): string => `version-${version}-${name}`;

const SECRET = /s3|cret|cr@et/;

const folder = temporaryFolder();
const runsFolder = join(folder, 'runs');
const names = versions.flatMap((version) => commands.map(([name]) => nameOf(version, name)));

beforeAll(async () => {
  for (const schemaVersion of versions) {
    for (const [name, command] of commands) {
      const run = join(runsFolder, nameOf(schemaVersion, name));
      await mkdir(run, { recursive: true });
      const manifest = { ...manifestOf(name), schemaVersion, command, typed: command };
      await writeFile(join(run, 'run.json'), JSON.stringify(manifest));
    }
  }
  await createEndedRun(runsFolder, 'new');
  const message = 'cannot reach redis://lab:s3cret@host:6379 in time';
  const events = ['warning', 'run-ended'].map((kind) => ({
    ...{ kind, time: 0, message },
    ...(kind === 'run-ended' && { reason: 'failed', epoch: 3, step: 480 }),
  }));
  await appendFile(
    join(runsFolder, 'new', 'events.jsonl'),
    events.map((event) => `${JSON.stringify(event)}\n`).join(''),
  );
});

/** The text of a run's file, by the run's name and its own. */
type Read = (run: string, file: string) => Promise<string>;

const places: readonly (readonly [
  place: string,
  use: (test: (read: Read) => Promise<void>) => Promise<void>,
])[] = [
  [
    'served',
    async (test) => {
      const viewer = await startViewer({ runsFolder, port: 0 });
      try {
        const read = async (path: string) => (await fetch(`${viewer.url}runs/${path}`)).text();
        expect(await read('catalogue.json')).not.toMatch(SECRET);
        await test((run, file) => read(`${run}/${file}`));
      } finally {
        await viewer.close();
      }
    },
  ],
  [
    'exported',
    async (test) => {
      const output = join(temporaryFolder(), 'site');
      expect(await exportViewer({ runsFolder, output })).toBe(names.length + 1);
      const entries = await readdir(join(output, 'runs'), { recursive: true, withFileTypes: true });
      for (const file of entries.filter((entry) => entry.isFile()))
        expect(await readFile(join(file.parentPath, file.name), 'latin1'), file.name).not.toMatch(SECRET);
      await test((run, file) => readFile(join(output, 'runs', run, file), 'utf8'));
    },
  ],
];

describe.each(places)('what is %s', (_, use) => {
  test('of runs has no secret of their command lines, and a manifest as in their digest that can be read again', () =>
    use(async (read) => {
      for (const name of [...names, 'new']) {
        const text = await read(name, 'run.json');
        expect(text, name).not.toMatch(SECRET);
        const digest = await read(name, 'digest.json');
        expect(digest, name).not.toMatch(SECRET);
        const { manifest } = JSON.parse(digest) as RunDigest;
        expect(manifest.schemaVersion).toBe(RUN_SCHEMA_VERSION);
        expect(await decodeManifest(text, name)).toEqual(manifest);
        const shown = commands.find(([command]) => name.endsWith(`-${command}`))?.[2] ?? [];
        expect(manifest.command.slice(-shown.length)).toEqual(shown.length === 0 ? manifest.command : shown);
      }
      const { events } = JSON.parse(await read('new', 'digest.json')) as RunDigest;
      expect(events.filter((event) => 'message' in event).slice(-2)).toMatchObject(
        ['warning', 'run-ended'].map((kind) => ({
          kind,
          message: 'cannot reach redis://***@host:6379 in time',
        })),
      );
    }));
});
