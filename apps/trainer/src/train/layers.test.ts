import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openRunDirectory } from '@dropout-lab/runs/node';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { callCli, checkpointDigests, runCli, withoutProgress } from '../command/testing.ts';

let folder: string;

/** Every kind of layer, on grey drawings: nothing of it is the tutorial's. */
const everyKind = {
  dataset: 'shapes',
  model: {
    layers: [
      { kind: 'gaussian_noise', stddev: 0.1 },
      { kind: 'conv2d', filters: 4, padding: 'same', kernelConstraint: { name: 'max_norm', maxValue: 1 } },
      { kind: 'batch_normalization', momentum: 0.9 },
      { kind: 'activation', activation: 'relu' },
      { kind: 'max_pooling2d', poolSize: 4 },
      {
        kind: 'residual',
        layers: [
          { kind: 'conv2d', filters: 4, padding: 'same', activation: 'relu' },
          { kind: 'spatial_dropout2d', rate: 0.25 },
        ],
      },
      { kind: 'flatten' },
      { kind: 'dropout', rate: 0.25 },
      { kind: 'gaussian_dropout', rate: 0.1 },
      { kind: 'alpha_dropout', rate: 0.05 },
      { kind: 'dense', units: 8, activation: 'softmax' },
    ],
  },
  loss: { labelSmoothing: 0.1 },
  optimizer: { name: 'adamw', learningRate: 0.005 },
  limitTrain: 500,
  limitTest: 100,
  batchSize: 50,
  epochs: 3,
  checkpointEverySteps: 3,
};

beforeAll(async () => {
  folder = temporaryFolder();
  await writeFile(join(folder, 'layers.json'), JSON.stringify(everyKind));
});

const train = (...options: string[]) =>
  callCli(['train', '--config', 'layers.json', '--backend', 'wasm', ...options], { cwd: folder });

describe('a list of every kind of layer, on drawings of one channel', () => {
  const lossesOf = async (run: string) => {
    const { events } = await (await openRunDirectory(join(folder, run))).readEvents();
    const logs = events.flatMap((event) => (event.kind === 'epoch' ? [event.logs] : []));
    return { train: logs.map(({ loss }) => loss), validation: logs.map(({ val_loss }) => val_loss!) };
  };

  test('trains on two threads, which share the statistics of each batch, as on one', async () => {
    const one = await train('--run-dir', 'one', '--workers', '1');
    const two = await train('--run-dir', 'whole', '--workers', '2');
    for (const { code, stderr } of [one, two]) expect([code, withoutProgress(stderr)]).toEqual([0, '']);
    expect(two.stdout).toMatch(/seed 0, 2 threads$/m);
    const [alone, shared] = [await lossesOf('one'), await lossesOf('whole')];
    expect(shared.train).toHaveLength(3);
    expect(shared.train).toEqual(alone.train.map((loss) => expect.closeTo(loss, 3)));
    // The bias before a batch normalization has a gradient of rounding errors alone, which Adam scales up to the size of any other:
    // it shifts the mean, and the moving mean follows.
    expect(shared.validation).toEqual(alone.validation.map((loss) => expect.closeTo(loss, 1)));
    // Knowing nothing gives log 8.
    expect(Math.min(...shared.validation)).toBeLessThan(Math.log(8) - 0.05);
  });

  test('killed in the middle of an epoch and resumed, ends with the same bits', async () => {
    // After the second epoch's line.
    const stopped = await runCli(
      [
        'train',
        '--config',
        'layers.json',
        '--backend',
        'wasm',
        '--run-dir',
        'killed',
        '--workers',
        '2',
        '--json',
      ],
      { cwd: folder, signal: { name: 'SIGKILL', afterLine: 16, delayMs: 0 } },
    );
    expect(stopped.code).toBeNull();
    const resumed = await runCli(['train', '--resume', 'killed'], { cwd: folder });
    expect([resumed.code, withoutProgress(resumed.stderr)]).toEqual([0, '']);
    expect(await checkpointDigests(join(folder, 'killed'))).toEqual(
      await checkpointDigests(join(folder, 'whole')),
    );
  });

  test('goes to Keras and back with its moving statistics, and is as good', async () => {
    const output = join(folder, 'all.weights.h5');
    expect(await callCli(['export', 'whole', '--output', output], { cwd: folder })).toMatchObject({
      code: 0,
    });
    const imported = ['import', output, '--config', 'layers.json', '--run-dir', 'imported'];
    expect(await callCli(imported, { cwd: folder })).toMatchObject({ code: 0 });
    const evaluationOf = async (run: string) => {
      const { stdout } = await callCli(['evaluate', run, '--backend', 'wasm', '--json'], { cwd: folder });
      return JSON.parse(stdout);
    };
    expect(await evaluationOf('imported')).toEqual(await evaluationOf('whole'));
  });

  test('predicts pictures in colour as grey ones of their brightness in Keras', async () => {
    const orange = Buffer.from(Array.from({ length: 40 * 30 }, () => [200, 100, 30]).flat());
    await sharp(orange, { raw: { width: 40, height: 30, channels: 3 } })
      .png()
      .toFile(join(folder, 'colour.png'));
    await sharp(Buffer.alloc(40 * 30, 122), { raw: { width: 40, height: 30, channels: 1 } })
      .png()
      .toFile(join(folder, 'grey.png'));
    const args = ['predict', 'whole', 'colour.png', 'grey.png', '--backend', 'wasm', '--json'];
    const { code, stdout } = await callCli(args, { cwd: folder });
    expect(code).toBe(0);
    const [colour, grey] = stdout.split('\n').map((line) => JSON.parse(line).classes);
    expect(colour).toEqual(grey);
    expect(colour).toHaveLength(3);
  });
});
