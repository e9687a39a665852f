/**
 * Trains the runs of Learn's step about the rate, and writes their histories to public/learn/rates.json:
 * `node apps/viewer/sample/make-rates.mjs [STORE]`, in a checkout that is built and committed. It takes half an hour on two
 * busy cores; runs that are in the store already, a folder, are not trained again.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readHistory } from '@dropout-lab/runs';
import { openRunDirectory } from '@dropout-lab/runs/node';
import { planRuns } from '@dropout-lab/study';
import { loadStudy, readStudyRuns } from '@dropout-lab/study/node';

const STUDY = 'rates';
const command = ['sweep', '--config', 'config.json', '--dropout', '0:0.9:0.1', '--seeds', '1'].concat(
  ...[
    ['--backend', 'node'],
    ['--name', STUDY],
  ],
);

const viewer = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'dropout-lab-rates-'));
const store = resolve(process.argv[2] ?? join(folder, 'store'));

/** @param {number | undefined} value */
const rounded = (value) => Math.round(Number(value) * 1e4) / 1e4;

/** Trains what the store lacks. */
const train = () => {
  cpSync(join(viewer, 'sample', 'rates.config.json'), join(folder, 'config.json'));
  const cli = join(viewer, '..', 'trainer', 'dist', 'cli.js');
  execFileSync(process.execPath, [cli, ...command, '--store', store], { cwd: folder, stdio: 'inherit' });
};

/** Returns the runs of the sweep, whatever else is in the store. */
const readRuns = async () => {
  const { study } = await loadStudy(STUDY, { store });
  const runs = await readStudyRuns(store, planRuns(study));
  const open = runs.find(({ state }) => state !== 'finished');
  if (open) throw new Error(`${open.arm.name}: expected a run that is finished, found it ${open.state}`);
  return Promise.all(
    runs.map(async ({ path, seed }) => {
      const { manifest, readEvents } = await openRunDirectory(path);
      const { model } = manifest.config;
      if (!('dropout' in model)) throw new Error(`${path}: expected a run of the preset tutorial`);
      const { events } = await readEvents();
      const test = events.findLast((event) => event.kind === 'evaluated');
      return {
        manifest,
        run: {
          rate: model.dropout.rate,
          seed,
          test: { accuracy: rounded(test?.accuracy), loss: rounded(test?.loss) },
          history: readHistory(events).map(({ loss, accuracy, val_loss, val_accuracy }) =>
            [loss, accuracy, val_loss, val_accuracy].map(rounded),
          ),
        },
      };
    }),
  );
};

/** @param {Awaited<ReturnType<typeof readRuns>>} runs */
const write = (runs) => {
  const { commit, createdAt, backend, hardware, config, data } = runs[0].manifest;
  // Nobody could train again what is in no commit.
  const dirty = runs.find(({ manifest }) => !/^[0-9a-f]{40}$/.test(manifest.commit ?? ''));
  if (dirty) {
    throw new Error(
      `${store}: expected runs of a commit, found one of ${dirty.manifest.commit}: commit what has changed, and train in another store`,
    );
  }
  const file = join(viewer, 'public', 'learn', 'rates.json');
  mkdirSync(dirname(file), { recursive: true });
  const content = {
    madeBy: 'node apps/viewer/sample/make-rates.mjs',
    command: ['dropout-lab', ...command].join(' '),
    ...{ commit, createdAt, hardware, config, data },
    backend: backend.description,
    runs: runs.map(({ run }) => run).sort((a, b) => a.seed - b.seed || a.rate - b.rate),
  };
  writeFileSync(file, `${JSON.stringify(content)}\n`);
};

try {
  train();
  write(await readRuns());
} finally {
  rmSync(folder, { recursive: true });
}
