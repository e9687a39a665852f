/**
 * Trains the runs of Learn's step about the rate, and writes their histories to public/learn/rates.json:
 * `node apps/viewer/sample/make-rates.mjs [STORE]`, in a checkout that is built. It takes half an hour on two busy cores; runs
 * that are in the store already, a folder, are not trained again.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readHistory } from '@dropout-lab/runs';
import { openRunDirectory } from '@dropout-lab/runs/node';

const viewer = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'dropout-lab-rates-'));
const store = resolve(process.argv[2] ?? join(folder, 'store'));
const command = 'sweep --config config.json --dropout 0:0.9:0.1 --seeds 1 --backend node --name rates'.split(
  ' ',
);

cpSync(join(viewer, 'sample', 'rates.config.json'), join(folder, 'config.json'));
execFileSync(
  process.execPath,
  [join(viewer, '..', 'trainer', 'dist', 'cli.js'), ...command, '--store', store],
  {
    cwd: folder,
    stdio: 'inherit',
  },
);

/** @param {number | undefined} value */
const rounded = (value) => Math.round(Number(value) * 1e4) / 1e4;

const names = readdirSync(store, { withFileTypes: true }).filter((entry) => entry.isDirectory());
const runs = await Promise.all(
  names.map(async ({ name }) => {
    const run = await openRunDirectory(join(store, name));
    const { events } = await run.readEvents();
    const test = events.findLast((event) => event.kind === 'evaluated');
    const { config } = run.manifest;
    if (!('dropout' in config.model)) throw new Error(`${name}: expected a run of the preset tutorial`);
    return {
      manifest: run.manifest,
      rate: config.model.dropout.rate,
      seed: config.seed,
      test: { accuracy: rounded(test?.accuracy), loss: rounded(test?.loss) },
      history: readHistory(events).map(({ loss, accuracy, val_loss, val_accuracy }) =>
        [loss, accuracy, val_loss, val_accuracy].map(rounded),
      ),
    };
  }),
);
runs.sort((a, b) => a.seed - b.seed || a.rate - b.rate);
const first = runs[0]?.manifest;
if (first === undefined) throw new Error(`${store}: expected runs, found none`);
const { model } = first.config;
const file = join(viewer, 'public', 'learn', 'rates.json');
mkdirSync(dirname(file), { recursive: true });
writeFileSync(
  file,
  `${JSON.stringify({
    madeBy: 'node apps/viewer/sample/make-rates.mjs',
    command: ['dropout-lab', ...command].join(' '),
    commit: first.commit,
    createdAt: first.createdAt,
    backend: first.backend.description,
    hardware: first.hardware,
    config: { ...first.config, model },
    data: first.data,
    runs: runs.map(({ rate, seed, test, history }) => ({ rate, seed, test, history })),
  })}\n`,
);
