import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { ConfigError, type EvaluationReport, type RunEvent } from '@dropout-lab/contracts';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../scripts/temporary-folder.ts';
import {
  CheckpointCorruptError,
  CheckpointMissingError,
  RunDirectoryError,
  RunExistsError,
  RunLockedError,
} from './errors.ts';
import { isUnfinished, replacedName } from './files/unfinished.ts';
import {
  createNumberedRunDirectory,
  createRunDirectory,
  openRunDirectory,
  resumeRunDirectory,
} from './run-directory.ts';
import { checkpointAt, manifest } from './testing.ts';
import { saveRunDirectory } from './whole-run.ts';

const step = (number: number): RunEvent => ({
  kind: 'step',
  time: number,
  epoch: 1,
  step: number,
  stepInEpoch: number,
  stepsPerEpoch: 10,
  loss: 2.25,
  accuracy: 0.125,
  learningRate: 0.001,
  imagesPerSecond: 1000,
});
const started: RunEvent = { kind: 'run-started', time: 0, epochs: 3, stepsPerEpoch: 10 };
const lock = (path: string, holder: object) => writeFileSync(join(path, 'run.lock'), JSON.stringify(holder));
const newRun = async () => createRunDirectory(join(temporaryFolder(), 'runs', 'a'), manifest);
const closedRun = async (): Promise<string> => {
  const run = await newRun();
  await run.saveCheckpoint('last', checkpointAt(1));
  await run.close();
  return run.path;
};

describe('a run directory', () => {
  test('gives back what was written', async () => {
    const run = await newRun();
    const report: EvaluationReport = {
      count: 1,
      loss: 0.5,
      accuracy: 1,
      top3Accuracy: 1,
      brierScore: 0.1,
      expectedCalibrationError: 0.2,
      reliability: [],
      confusion: [[1]],
      classes: [],
      testTimeAugmentation: 'flip',
    };
    const predictions = { labels: [0], predicted: [1], confidence: [0.75] };
    run.append(started);
    run.append(step(1));
    run.append(step(2));
    await run.saveCheckpoint('last', checkpointAt(1));
    await run.saveCheckpoint('best', checkpointAt(2));
    await run.writeEvaluation(report);
    await run.writePredictions(predictions);
    await run.close();

    const reader = await openRunDirectory(run.path);
    expect(reader.manifest).toEqual(manifest);
    expect(await reader.readEvents()).toEqual({ events: [started, step(1), step(2)], torn: false });
    expect(await reader.loadCheckpoint('last')).toEqual(checkpointAt(1));
    expect(await reader.loadCheckpoint('best')).toEqual(checkpointAt(2));
    expect(await reader.readEvaluation()).toEqual(report);
    expect(await reader.readPredictions()).toEqual(predictions);
    expect(readdirSync(run.path).sort()).toEqual([
      'checkpoints',
      'evaluation.json',
      'events.jsonl',
      'predictions.json',
      'run.json',
    ]);
    expect(readdirSync(join(run.path, 'checkpoints')).sort()).toEqual(['best', 'last']);
  });

  test('of a new run has nothing but its manifest', async () => {
    const run = await newRun();
    expect(await run.readEvents()).toEqual({ events: [], torn: false });
    expect(await run.readEvaluation()).toBeUndefined();
    expect(await run.readPredictions()).toBeUndefined();
    expect(await run.hasCheckpoint('last')).toBe(false);
    await expect(run.loadCheckpoint('last')).rejects.toThrow(CheckpointMissingError);
    await run.close();
  });

  test('keeps the newest checkpoint of a name', async () => {
    const run = await newRun();
    for (const at of [1, 2, 3]) await run.saveCheckpoint('last', checkpointAt(at));
    expect(await run.loadCheckpoint('last')).toEqual(checkpointAt(3));
    await run.close();
  });

  test('saves of one name asked for at once are done one after the other, and before closing', async () => {
    const run = await newRun();
    for (const at of [1, 2, 3]) run.saveCheckpoint('last', checkpointAt(at));
    await run.close();
    expect(await run.loadCheckpoint('last')).toEqual(checkpointAt(3));
  });

  test('is seen by a reader while it is written', async () => {
    const run = await newRun();
    const reader = await openRunDirectory(run.path);
    run.append(started);
    expect((await reader.readEvents()).events).toEqual([started]);
    expect(reader.isBeingWritten()).toBe(true);
    await run.close();
    expect(reader.isBeingWritten()).toBe(false);
  });
});

describe('two runs never share a directory', () => {
  test('one that exists is refused', async () => {
    const path = await closedRun();
    await expect(createRunDirectory(path, manifest)).rejects.toThrow(RunExistsError);
    expect(await (await openRunDirectory(path)).hasCheckpoint('last')).toBe(true);
  });

  test('of many that ask for one path at once, one gets it', async () => {
    const path = join(temporaryFolder(), 'a');
    const asked = await Promise.allSettled(
      Array.from({ length: 8 }, () => createRunDirectory(path, manifest)),
    );
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('numbered ones get a suffix, in the manifest too', async () => {
    const root = temporaryFolder();
    const runs = [];
    for (let i = 0; i < 3; i++) runs.push(await createNumberedRunDirectory(root, manifest));
    expect(runs.map((run) => run.manifest.id)).toEqual([manifest.id, `${manifest.id}-2`, `${manifest.id}-3`]);
    expect(runs[2]!.path).toBe(join(root, `${manifest.id}-3`));
    for (const run of runs) await run.close();
  });

  test('one that is being written cannot be resumed, and can once it is closed', async () => {
    const run = await newRun();
    await expect(resumeRunDirectory(run.path)).rejects.toThrow(RunLockedError);
    await expect(resumeRunDirectory(run.path)).rejects.toThrow(
      new RegExp(`expected no other writer, but process ${process.pid} on .* has been writing since`),
    );
    await run.close();
    await (await resumeRunDirectory(run.path)).close();
  });

  test('the lock of another machine is taken over when its holder is known to be gone, one of this machine is not', async () => {
    const path = await closedRun();
    lock(path, { pid: 1, hostname: 'another-machine', since: new Date().toISOString() });
    await (await resumeRunDirectory(path, { takeOver: true })).close();
    lock(path, { pid: process.ppid, hostname: hostname(), since: new Date().toISOString() });
    await expect(resumeRunDirectory(path, { takeOver: true })).rejects.toThrow(RunLockedError);
  });

  test('the lock of another machine is respected', async () => {
    const path = await closedRun();
    lock(path, { pid: 1, hostname: 'another-machine', since: new Date().toISOString() });
    await expect(resumeRunDirectory(path)).rejects.toThrow(
      'process 1 on another-machine has been writing since',
    );
  });

  test('a lock of this process’s number from before it started is stale', async () => {
    const path = await closedRun();
    lock(path, { pid: process.pid, hostname: hostname(), since: '2001-01-01T00:00:00.000Z' });
    const run = await resumeRunDirectory(path);
    expect(readdirSync(path).filter((file) => file.startsWith('run.lock'))).toEqual(['run.lock']);
    await run.close();
  });
});

describe('a folder without a run in it', () => {
  const dead = { pid: 2 ** 22, hostname: hostname(), since: '2001-01-01T00:00:00.000Z' };
  /** Filled with what a process leaves that is killed at one moment of making a run, this version's or an earlier one's. */
  const leftovers: Record<string, (folder: string) => void> = {
    'just made': () => {},
    'with the lock of a process that is gone': (folder) => lock(folder, dead),
    'with a lock that was never filled': (folder) => {
      writeFileSync(join(folder, 'run.lock'), '');
      utimesSync(join(folder, 'run.lock'), 1e9, 1e9);
    },
    'with a folder for checkpoints': (folder) => {
      lock(folder, dead);
      mkdirSync(join(folder, 'checkpoints'));
    },
    'with half a manifest': (folder) => {
      lock(folder, dead);
      writeFileSync(join(folder, 'run.lock.tmp-0a1b2c3d'), '');
      utimesSync(join(folder, 'run.lock.tmp-0a1b2c3d'), 1e9, 1e9);
      mkdirSync(join(folder, 'checkpoints'));
      writeFileSync(join(folder, 'run.json.tmp-99'), '{"half');
    },
  };

  test.each(Object.entries(leftovers))('%s, is taken over by a new run', async (_, fill) => {
    const root = temporaryFolder();
    for (const make of [
      async (path: string) => (await createRunDirectory(path, manifest)).close(),
      (path: string) => saveRunDirectory(path, { manifest, events: [], checkpoints: {} }),
    ]) {
      const path = join(root, manifest.id);
      mkdirSync(path);
      fill(path);
      await make(path);
      expect((await openRunDirectory(path)).manifest).toEqual(manifest);
      expect(readdirSync(path).sort()).toEqual(['checkpoints', 'events.jsonl', 'run.json']);
      expect(readdirSync(root)).toEqual([manifest.id]);
      rmSync(path, { recursive: true });
    }
    mkdirSync(join(root, manifest.id));
    fill(join(root, manifest.id));
    const numbered = await createNumberedRunDirectory(root, manifest);
    expect(numbered.path).toBe(join(root, manifest.id));
    await numbered.close();
  });

  /** Folders that are not a run's, or that may be written this moment, with the error that a new run there gets. */
  const others: Record<string, [(folder: string) => void, new (message: string) => Error]> = {
    'with a file of the user': [(folder) => writeFileSync(join(folder, 'notes.txt'), ''), RunExistsError],
    'with events alone': [(folder) => writeFileSync(join(folder, 'events.jsonl'), ''), RunExistsError],
    'with checkpoints alone': [
      (folder) => mkdirSync(join(folder, 'checkpoints', 'last'), { recursive: true }),
      RunExistsError,
    ],
    'with the lock of another machine': [
      (folder) => lock(folder, { ...dead, hostname: 'another-machine' }),
      RunLockedError,
    ],
    'with the lock of a living process': [
      (folder) => lock(folder, { ...dead, pid: process.ppid }),
      RunLockedError,
    ],
    'with a lock of this moment': [(folder) => writeFileSync(join(folder, 'run.lock'), ''), RunLockedError],
  };

  test.each(Object.entries(others))('%s, is left alone', async (_, [fill, error]) => {
    const path = join(temporaryFolder(), manifest.id);
    mkdirSync(path);
    fill(path);
    const before = readdirSync(path, { recursive: true });
    await expect(createRunDirectory(path, manifest)).rejects.toThrow(error);
    expect(readdirSync(path, { recursive: true })).toEqual(before);
    const numbered = await createNumberedRunDirectory(join(path, '..'), manifest);
    expect(numbered.path).toBe(`${path}-2`);
    await numbered.close();
  });

  // Often, since whoever comes late must not find what the others have just removed.
  test('of many that ask for it at once, one gets it', async () => {
    const root = temporaryFolder();
    for (let time = 0; time < 60; time++) {
      const path = join(root, `${time}`);
      mkdirSync(path);
      const asked = await Promise.allSettled(
        Array.from({ length: 8 }, () => createRunDirectory(path, manifest)),
      );
      const taken = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      expect(taken).toHaveLength(1);
      await taken[0]!.close();
    }
  });

  test('a run that was not whole yet when its process was killed is removed when it is made again', async () => {
    const root = temporaryFolder();
    const [gone, living] = [join(root, 'a.tmp-0a1b2c3d'), join(root, 'a.tmp-99999999')];
    for (const folder of [gone, living]) mkdirSync(join(folder, 'checkpoints'), { recursive: true });
    lock(gone, dead);
    lock(living, { ...dead, pid: process.ppid });
    expect([gone, living, replacedName('a')].map(isUnfinished)).toEqual([true, true, true]);
    expect(['a', 'a.tmp', 'a.tmp-0a', '0a1b2c3d'].map(isUnfinished)).toEqual([false, false, false, false]);
    await (await createRunDirectory(join(root, 'a'), manifest)).close();
    expect(readdirSync(root)).toEqual(['a', 'a.tmp-99999999']);
  });
});

describe('after its writer was killed', () => {
  test('a torn last event is ended, so that the next can be read', async () => {
    const path = await closedRun();
    appendFileSync(join(path, 'events.jsonl'), '{"kind":"step","ti');
    const run = await resumeRunDirectory(path);
    run.append(step(1));
    run.append(step(2));
    expect(await run.readEvents()).toEqual({ events: [step(1), step(2)], torn: false });
    expect(readFileSync(join(path, 'events.jsonl'), 'utf8')).toContain('"ti\n{');
    await run.close();
  });

  /** The states that a save goes through; the good checkpoint is of step 1, the one being saved of step 2. */
  const killed: Record<string, { arrange: (checkpoints: string) => void; loads: number }> = {
    'writing the new one': {
      arrange: (checkpoints) => {
        mkdirSync(join(checkpoints, 'last.tmp-99'));
        writeFileSync(join(checkpoints, 'last.tmp-99', 'model.json'), '{"half');
      },
      loads: 1,
    },
    'between the two renames': {
      arrange: (checkpoints) => {
        renameSync(join(checkpoints, 'next'), join(checkpoints, 'last.tmp-99'));
        renameSync(join(checkpoints, 'last'), join(checkpoints, 'last.previous'));
      },
      loads: 1,
    },
    'removing the one before': {
      arrange: (checkpoints) => {
        renameSync(join(checkpoints, 'last'), join(checkpoints, 'last.previous'));
        renameSync(join(checkpoints, 'next'), join(checkpoints, 'last'));
        rmSync(join(checkpoints, 'last.previous', 'state.json'));
      },
      loads: 2,
    },
  };

  test.each(Object.entries(killed))('%s, a good checkpoint loads', async (_, { arrange, loads }) => {
    const path = await closedRun();
    const checkpoints = join(path, 'checkpoints');
    const other = await newRun();
    await other.saveCheckpoint('last', checkpointAt(2));
    await other.close();
    renameSync(join(other.path, 'checkpoints', 'last'), join(checkpoints, 'next'));
    arrange(checkpoints);
    rmSync(join(checkpoints, 'next'), { recursive: true, force: true });

    const before = readdirSync(checkpoints);
    expect(await (await openRunDirectory(path)).loadCheckpoint('last')).toEqual(checkpointAt(loads));
    expect(readdirSync(checkpoints), 'reading changes nothing').toEqual(before);

    const run = await resumeRunDirectory(path);
    expect(readdirSync(checkpoints)).toEqual(['last']);
    expect(await run.loadCheckpoint('last')).toEqual(checkpointAt(loads));
    await run.saveCheckpoint('last', checkpointAt(3));
    expect(await run.loadCheckpoint('last')).toEqual(checkpointAt(3));
    await run.close();
  });
});

describe('damage', () => {
  test.each(['model.json', 'weights.bin', 'optimizer.bin'])(
    'one byte of %s is found by its checksum',
    async (file) => {
      const path = await closedRun();
      const damaged = join(path, 'checkpoints', 'last', file);
      const bytes = readFileSync(damaged);
      bytes[5]! ^= 1;
      writeFileSync(damaged, bytes);
      const error = await (await openRunDirectory(path)).loadCheckpoint('last').catch((caught) => caught);
      expect(error).toBeInstanceOf(CheckpointCorruptError);
      expect(error.file).toBe(damaged);
      expect(error.expected).toMatch(/^SHA-256 [0-9a-f]{64}$/);
      expect(error.found).toMatch(/^[0-9a-f]{64}$/);
    },
  );

  test('a file that is missing is named', async () => {
    const path = await closedRun();
    rmSync(join(path, 'checkpoints', 'last', 'weights.bin'));
    await expect((await openRunDirectory(path)).loadCheckpoint('last')).rejects.toThrow(
      'weights.bin: expected a file, found none: the checkpoint is damaged',
    );
  });

  test('a manifest that is no JSON is named', async () => {
    const path = await closedRun();
    writeFileSync(join(path, 'run.json'), '{');
    await expect(openRunDirectory(path)).rejects.toThrow(
      'run.json: expected JSON, found 1 characters that are not JSON',
    );
  });
});

describe('lines that events.jsonl has lost', () => {
  test('are found by what a checkpoint knows', async () => {
    const run = await newRun();
    for (const number of [1, 2, 3, 4]) run.append(step(number));
    await run.saveCheckpoint('last', checkpointAt(4));
    await run.close();
    const reader = await openRunDirectory(run.path);
    expect((await reader.readEvents()).gaps).toBeUndefined();

    const file = join(run.path, 'events.jsonl');
    const lines = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, `${lines.slice(0, 2).join('\n')}\n`);
    expect((await reader.readEvents()).gaps).toEqual({
      epochs: [],
      steps: [[3, 4]],
      isChanged: true,
    });
  });

  test('are not made up from a checkpoint that is damaged', async () => {
    const path = await closedRun();
    const state = join(path, 'checkpoints', 'last', 'state.json');
    writeFileSync(state, readFileSync(state, 'utf8').replace('"epoch":0', '"epoch":7'));
    expect((await (await openRunDirectory(path)).readEvents()).gaps).toBeUndefined();
  });
});

describe('refuses, with a sentence', () => {
  test('a run of a newer version, to read and to resume, and leaves it alone', async () => {
    const path = await closedRun();
    writeFileSync(join(path, 'run.json'), JSON.stringify({ schemaVersion: 99 }));
    const before = readdirSync(path);
    for (const open of [openRunDirectory, resumeRunDirectory]) {
      await expect(open(path)).rejects.toThrow(ConfigError);
      await expect(open(path)).rejects.toThrow('it was made by a newer dropout-lab; update dropout-lab');
    }
    expect(readdirSync(path)).toEqual(before);
  });

  test('a folder that is no run', async () => {
    await expect(openRunDirectory(temporaryFolder())).rejects.toThrow(
      'expected a run directory, found no run.json in it',
    );
    await expect(resumeRunDirectory('/nowhere/at/all')).rejects.toThrow(RunDirectoryError);
  });

  test('a place below a file', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const create = createRunDirectory(join(file, 'runs', 'a'), manifest);
    await expect(create).rejects.toThrow(RunDirectoryError);
    await expect(create).rejects.toThrow(
      'expected to make a folder for the run, but the system says "not a directory" (ENOTDIR); choose',
    );
  });

  test.runIf(process.platform === 'linux')('a place that takes no folders', async () => {
    await expect(createRunDirectory('/proc/a', manifest)).rejects.toThrow(RunDirectoryError);
  });

  test.runIf(process.platform === 'linux')('an event on a full disk', async () => {
    const path = await closedRun();
    rmSync(join(path, 'events.jsonl'));
    symlinkSync('/dev/full', join(path, 'events.jsonl'));
    const run = await resumeRunDirectory(path);
    expect(() => run.append(started)).toThrow(RunDirectoryError);
    expect(() => run.append(started)).toThrow(
      'events.jsonl: expected to write the run, but the system says "no space left on device" (ENOSPC); free',
    );
    await run.close();
  });
});
