import { access, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startBackend } from '@dropout-lab/backend/node';
import { loadSample } from '@dropout-lab/cifar/sample';
import { evaluationReportSchema, parseRunEvent } from '@dropout-lab/contracts';
import { cacheDirectory } from '@dropout-lab/files/node';
import { buildModel, modelSpecOf, writeWeights } from '@dropout-lab/model';
import { openRunDirectory } from '@dropout-lab/runs/node';
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import sharp from 'sharp';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { callCli, runCli, startCli, withoutProgress, writeSmallRun } from './testing.ts';

let folder: string;
let run: string;
let trained: Awaited<ReturnType<typeof runCli>>;

beforeAll(async () => {
  folder = temporaryFolder();
  run = join(folder, 'run');
  const config = await writeSmallRun(folder, { callbacks: [] });
  trained = await runCli(['train', '--config', config, '--run-dir', run, '--seed', '3'], { cwd: folder });
});

describe('train', () => {
  test('says the backend, each epoch, the test metrics and the run directory', () => {
    expect({ code: trained.code, stderr: withoutProgress(trained.stderr) }).toEqual({ code: 0, stderr: '' });
    const lines = trained.stdout.split('\n');
    expect(lines[0]).toMatch(/^Backend: /);
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^Epoch 1\/2 - [\d.]+s - loss: [\d.]+ - accuracy: [\d.]+ - val_loss: [\d.]+ - val_accuracy: [\d.]+$/,
      ),
    );
    expect(lines).toContainEqual(expect.stringMatching(/^Test loss: [\d.]+ \/ Test accuracy: [\d.]+$/));
    const losses = Array.from(
      trained.stdout.matchAll(/ val_loss: ([\d.]+) - val_accuracy: [\d.]+$/gm),
      ([, loss]) => Number(loss),
    );
    const best = losses[0]! <= losses[1]! ? 1 : 2;
    expect(lines.at(-3)).toMatch(new RegExp(`^Best epoch: ${best} of 2, by validation loss - val_loss: `));
    expect(lines.at(-2)).toBe(`Look at it with: dropout-lab view ${folder}`);
    expect(lines.at(-1)).toBe(`Run directory: ${run}`);
  });

  test('with --json, stdout is events and nothing else', async () => {
    const args = [
      'train',
      '--config',
      join(folder, 'small.json'),
      '--epochs',
      '1',
      '--limit-train',
      '100',
      '--json',
    ];
    const { code, stdout } = await runCli([...args, '--run-dir', join(folder, 'json')], { cwd: folder });
    expect(code).toBe(0);
    const kinds = stdout.split('\n').map((line) => parseRunEvent(JSON.parse(line))?.kind);
    expect(kinds).not.toContain(undefined);
    expect(kinds[0]).toBe('run-started');
    expect(kinds.slice(-2)).toEqual(['evaluated', 'run-ended']);
    expect(await readFile(join(folder, 'json', 'events.jsonl'), 'utf8')).toBe(`${stdout}\n`);
  });

  test('records what the run is', async () => {
    const { manifest } = await openRunDirectory(run);
    expect(manifest.config.seed).toBe(3);
    expect(manifest.command.slice(0, 2)).toEqual(['train', '--config']);
    expect(manifest.data).toMatchObject({ trainImages: 800, validationImages: 200, testImages: 100 });
    expect(manifest.data.sha256['test_batch.bin']).toMatch(/^8e2eb146/);
    expect(manifest.versions).toMatchObject({ 'dropout-lab': '0.1.0', '@tensorflow/tfjs-core': '4.22.0' });
  });

  test('the checkpoint loads in stock tfjs-layers and predicts the same', async () => {
    const files = join(run, 'checkpoints', 'last');
    const { modelTopology, weightsManifest } = JSON.parse(await readFile(join(files, 'model.json'), 'utf8'));
    const bytes = await readFile(join(files, 'weights.bin'));
    const weightData = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    const weightSpecs = weightsManifest[0].weights;
    await startBackend('cpu');
    const stock = await loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
    const reader = await openRunDirectory(run);
    const ours = buildModel(modelSpecOf(reader.manifest.config), 0);
    writeWeights(ours, (await reader.loadCheckpoint('last')).snapshot.weights);
    const { images } = loadSample().test;
    const input = tf.tensor4d(
      Float32Array.from(images.subarray(0, 5 * 3072), (byte) => byte / 255),
      [5, 32, 32, 3],
    );
    const [a, b] = [stock, ours].map((model) => (model.predict(input) as tf.Tensor).dataSync());
    b!.forEach((value, i) => {
      expect(a![i]).toBeCloseTo(value, 5);
    });
  });
});

describe('evaluate', () => {
  test('repeats the metrics of the end of training', async () => {
    const { code, stdout } = await runCli(['evaluate', run, '--json'], { cwd: folder });
    expect(code).toBe(0);
    const report = evaluationReportSchema.parse(JSON.parse(stdout));
    const atTheEnd = await (await openRunDirectory(run)).readEvaluation();
    expect(report.accuracy).toBe(atTheEnd!.accuracy);
    expect(report.loss).toBeCloseTo(atTheEnd!.loss, 5);
    expect(report.confusion).toEqual(atTheEnd!.confusion);
  });

  test('the end of training left what the model says of each test image', async () => {
    const reader = await openRunDirectory(run);
    const { labels, predicted } = (await reader.readPredictions())!;
    const correct = labels.filter((label, i) => label === predicted[i]).length;
    expect(correct / labels.length).toBe((await reader.readEvaluation())!.accuracy);
  });

  test('with test-time augmentation says so, and gives what a run with that setting gives', async () => {
    const config = join(folder, 'small.json');
    const viewed = join(folder, 'viewed');
    const setting = ['--test-time-augmentation', 'flip_shift'];
    const ended = await runCli(
      ['train', '--config', config, '--run-dir', viewed, '--seed', '3', ...setting],
      {
        cwd: folder,
      },
    );
    expect(ended.stdout).toMatch(/^Test loss: [\d.]+ \/ Test accuracy: [\d.]+ \(flip_shift\)$/m);
    const stored = (await (await openRunDirectory(viewed)).readEvaluation())!;
    expect(stored.testTimeAugmentation).toBe('flip_shift');
    const plain = (await (await openRunDirectory(run)).readEvaluation())!;
    expect(stored.loss).not.toBe(plain.loss);
    const reportOf = async (...args: string[]) => {
      const { stdout } = await callCli(['evaluate', ...args, '--json'], { cwd: folder });
      return evaluationReportSchema.parse(JSON.parse(stdout));
    };
    const overridden = await reportOf(run, ...setting);
    expect(overridden.testTimeAugmentation).toBe('flip_shift');
    expect(overridden.loss).toBeCloseTo(stored.loss, 5);
    expect((await reportOf(viewed)).loss).toBeCloseTo(stored.loss, 5);
    const asItIs = await reportOf(viewed, '--test-time-augmentation', 'none');
    expect([asItIs.testTimeAugmentation, asItIs.accuracy]).toEqual(['none', plain.accuracy]);
    expect(asItIs.loss).toBeCloseTo(plain.loss, 5);
    const { stdout } = await callCli(['evaluate', viewed], { cwd: folder });
    expect(stdout).toMatch(/\(100 images, 6 views of each: flip_shift\)/);
  });

  test('with --mc, --temperature and --chart: other predictions beside the plain one, and their curves', async () => {
    const chart = join(folder, 'curves.svg');
    const args = ['evaluate', run, '--backend', 'wasm', '--mc', '5', '--temperature', '--chart', chart];
    const { code, stdout } = await callCli(args, { cwd: folder });
    expect(code).toBe(0);
    const number = String.raw` +\d\.\d{4}`;
    expect(stdout).toMatch(/^prediction +accuracy +NLL +ECE +Brier +rejection area$/m);
    for (const name of ['plain', String.raw`temperature \d+\.\d{4}`, 'mean of 5 passes'])
      expect(stdout).toMatch(new RegExp(`^${name}${number}${number}${number}${number}${number}$`, 'm'));
    expect(stdout).toMatch(
      /^Temperature \d+\.\d{4}, found on 200 validation images: their NLL is \d\.\d{4}, without it \d\.\d{4}/m,
    );
    expect(stdout).toMatch(
      /^Single passes: accuracy \d\.\d{4}, standard deviation \d\.\d{4}; of the mean: entropy \d\.\d{4} nats, \d\.\d{4} of it because the passes disagree$/m,
    );
    expect(stdout).toContain(`Wrote ${chart}`);
    const svg = await readFile(chart, 'utf8');
    expect(svg).toMatch(
      /^<svg [^>]*aria-label="rejection chart: accuracy by answered images: plain, temperature/,
    );
    expect(svg).not.toContain('var(--');

    const again = await callCli([...args.slice(0, 7), '--json'], { cwd: folder });
    const { monteCarlo, temperature, ...report } = JSON.parse(again.stdout);
    expect(monteCarlo).toMatchObject({ passes: 5, passAccuracies: expect.any(Array) });
    expect(monteCarlo.passAccuracies).toHaveLength(5);
    expect(stdout).toContain(monteCarlo.loss.toFixed(4));
    expect(temperature.validationImages).toBe(200);
    expect(temperature.after).toBeLessThanOrEqual(temperature.before);
    expect(temperature.accuracy).toBe(report.accuracy);
    expect(stdout).toContain(temperature.loss.toFixed(4));
    // The same passes every time, on another backend too.
    const onCpu = await callCli(['evaluate', run, '--backend', 'cpu', '--mc', '5', '--json'], {
      cwd: folder,
    });
    const other = JSON.parse(onCpu.stdout).monteCarlo;
    expect(other.loss).toBeCloseTo(monteCarlo.loss, 4);
    expect(other.mutualInformation).toBeCloseTo(monteCarlo.mutualInformation, 4);
  });

  test('on any number of threads the answers are the same, to the bit, to several views and with dropout', async () => {
    const answersOn = async (workers: number, ...args: string[]) => {
      const line = ['evaluate', run, '--backend', 'wasm', '--workers', `${workers}`, ...args, '--json'];
      const { code, stdout } = await callCli(line, { cwd: folder });
      expect(code).toBe(0);
      return stdout;
    };
    for (const args of [
      ['--test-time-augmentation', 'flip_shift'],
      ['--mc', '4', '--temperature'],
    ]) {
      const one = await answersOn(1, ...args);
      expect(JSON.parse(one).count).toBe(100);
      expect(await answersOn(2, ...args)).toBe(one);
      expect(await answersOn(3, ...args)).toBe(one);
    }
  });

  test('says how far the passes with dropout are, and Ctrl-C ends them at once, on one thread too', async () => {
    const line = ['evaluate', run, '--backend', 'wasm', '--workers', '1', '--mc', '10000'];
    const { child, lines, ended } = startCli(line, folder);
    const passing = expect.stringMatching(
      /^Pass \d+ of 10000 \[=*>? *\] \d+\/1000100 - ETA \d+[hm] \d\d[ms] - \d+ img\/s$/,
    );
    await vi.waitFor(() => expect(lines).toContainEqual(passing), { timeout: 55_000, interval: 200 });
    child.kill('SIGINT');
    expect([await ended, lines.at(-1)]).toEqual([130, 'Interrupted.']);
  });

  test.each([
    [
      ['--mc', '3', '--test-time-augmentation', 'flip'],
      /^dropout-lab: evaluate \S+ --mc: expected images as they are, since a pass sees one view of each, found test-time augmentation flip: add --test-time-augmentation none/,
    ],
    [
      ['--mc', '0'],
      /option '--mc <passes>' argument '0' is invalid\. Expected a whole number from 1 to 10000\./,
    ],
    [
      ['--chart', 'curves.png'],
      /^dropout-lab: --chart: expected a name that ends in \.svg, received curves\.png/,
    ],
  ])('%j is refused', async (args, message) => {
    const { code, stderr } = await callCli(['evaluate', run, ...args], { cwd: folder });
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });

  test('of a run whose dropout ended early there is nothing to average', async () => {
    const early = join(folder, 'early');
    const args = ['train', '--config', join(folder, 'small.json'), '--run-dir', early, '--epochs', '1'];
    const options = ['--limit-train', '50', '--set', 'dropoutSchedule.name=early', '--backend', 'wasm'];
    await callCli([...args, ...options], { cwd: folder });
    const { code, stderr } = await callCli(['evaluate', early, '--mc', '3'], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toContain(
      '--mc: expected a model that was trained with dropout until this checkpoint, found a dropout schedule, early, that had none then: every pass would be the same, so leave --mc out',
    );
  });

  test('without dropout there is nothing to average, and without validation images no temperature', async () => {
    const bare = join(folder, 'bare');
    const config = join(folder, 'small.json');
    const args = [
      'train',
      '--config',
      config,
      '--run-dir',
      bare,
      '--dropout',
      '0',
      '--validation-split',
      '0',
    ];
    await callCli([...args, '--epochs', '1', '--limit-train', '50', '--backend', 'wasm'], { cwd: folder });
    const refusal = async (...options: string[]) => {
      const { code, stderr } = await callCli(['evaluate', bare, ...options], { cwd: folder });
      expect(code).toBe(2);
      return stderr;
    };
    expect(await refusal('--mc', '3')).toContain(
      '--mc: expected a model with dropout at a rate above 0, found none among its layers: every pass would be the same, so leave --mc out',
    );
    expect(await refusal('--temperature')).toContain(
      '--temperature: expected a run with validation images to find the temperature on, found validationSplit 0: train with --validation-split above 0',
    );
  });

  test('a chart brings the folders above it along', async () => {
    const chart = join(folder, 'charts', 'of-today', 'curves.svg');
    const { code } = await callCli(['evaluate', run, '--chart', chart], { cwd: folder });
    expect(code).toBe(0);
    expect(await readFile(chart, 'utf8')).toMatch(/^<svg /);
  });

  test('prints a table for a person', async () => {
    const { code, stdout } = await callCli(['evaluate', run, '--checkpoint', 'best'], { cwd: folder });
    expect(code).toBe(0);
    expect(stdout).toMatch(/Test loss: .* \/ Test accuracy: .* \(100 images\)/);
    expect(stdout).toMatch(/^airplane +\d\.\d{4} +\d\.\d{4} +\d\.\d{4}$/m);
  });
});

describe('predict', () => {
  const writeImages = async (): Promise<string[]> => {
    const { images } = loadSample().test;
    const raw = { width: 32, height: 32, channels: 3 } as const;
    const image = sharp(Buffer.from(images.slice(0, 3072)), { raw });
    const files = ['same.png', 'large.jpg', 'alpha.png', 'grey.png', 'wide.png'].map((name) =>
      join(folder, name),
    );
    await image.clone().png().toFile(files[0]!);
    await image.clone().resize(640, 640, { kernel: 'nearest' }).jpeg({ quality: 100 }).toFile(files[1]!);
    await image.clone().ensureAlpha().png().toFile(files[2]!);
    await image.clone().greyscale().png().toFile(files[3]!);
    await image.clone().resize(300, 20, { fit: 'fill' }).png().toFile(files[4]!);
    return files;
  };

  test('gives three classes with probabilities for PNG and JPEG files of any size', async () => {
    const files = await writeImages();
    const { code, stdout, stderr } = await runCli(['predict', run, ...files, '--json'], { cwd: folder });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const predictions = stdout.split('\n').map((line) => JSON.parse(line));
    expect(predictions.map(({ file }) => file)).toEqual(files);
    for (const { classes } of predictions) {
      const probabilities = classes.map((c: { probability: number }) => c.probability);
      expect(probabilities).toHaveLength(3);
      expect(probabilities).toEqual(probabilities.toSorted((a: number, b: number) => b - a));
      expect(probabilities[0]).toBeGreaterThan(0.1);
      expect(probabilities[0]).toBeLessThanOrEqual(1);
    }
    // The same picture in 32 x 32 with an opaque alpha channel is the same picture.
    expect(predictions[2].classes).toEqual(predictions[0].classes);
  });

  test.each<[string, (path: string) => unknown]>([
    ['text', (path) => writeFile(path, 'hello')],
    ['nothing', () => {}],
    ['an empty file', (path) => writeFile(path, '')],
    ['a folder', (path) => mkdir(path)],
    [
      'half a picture',
      async (path) => writeFile(path, (await readFile((await writeImages())[0]!)).subarray(0, 60)),
    ],
  ])('%s in the place of a picture is named, and the other pictures are answered', async (what, make) => {
    // A mark of direction, which a terminal would obey.
    const bad = join(folder, `${what}\u202e.png`);
    await make(bad);
    const [first, , third] = await writeImages();
    for (const files of [[first!, bad, third!], [bad]]) {
      const { code, stdout, stderr } = await callCli(['predict', run, ...files, '--json'], { cwd: folder });
      expect(code).toBe(files.length === 1 ? 2 : 1);
      expect(stderr).toContain(`dropout-lab: ${bad.replace('\u202e', '\\u{202e}')}: expected`);
      const answered = stdout.split('\n').filter((line) => line !== '');
      expect(answered.map((line) => JSON.parse(line).file)).toEqual(files.filter((file) => file !== bad));
    }
  });
});

describe('data', () => {
  test('info and verify describe the cache', async () => {
    const info = await runCli(['data', 'info'], { cwd: folder });
    expect(info.stdout).toMatch(/^CIFAR-10: 50000 training and 10000 test images$/m);
    expect(info.stdout).toContain('airplane, automobile');
    // The means that everyone standardizes CIFAR-10 by, and the squares of the deviations.
    expect(info.stdout).toMatch(
      /^Training images by channel, 0 to 1: mean 0\.4914\d, 0\.4821\d, 0\.4465\d; variance 0\.0610\d, 0\.059\d\d, 0\.068\d\d$/m,
    );
    const verify = await runCli(['data', 'verify'], { cwd: folder });
    expect(verify.code).toBe(0);
    expect(verify.stdout.split('\n').filter((line) => line.endsWith(': ok'))).toHaveLength(6);
  });

  test('a reader that closes the pipe early ends the command without a message', async () => {
    const { stderr } = await runCli(['data', 'info'], { cwd: folder, closeStdout: true });
    expect(stderr).toBe('');
  });

  test('fetch finds what is there', async () => {
    const { code, stdout } = await callCli(['data', 'fetch'], { cwd: folder });
    expect(code).toBe(0);
    expect(stdout).toContain('in the cache already');
  });

  test('a folder with an altered file is refused before training, and verify says which', async () => {
    const altered = join(folder, 'altered');
    await mkdir(altered);
    const cached = join(cacheDirectory(), 'cifar-10');
    for (const name of await readdir(cached)) {
      if (name.endsWith('.bin')) await cp(join(cached, name), join(altered, name));
    }
    const file = join(altered, 'data_batch_3.bin');
    const bytes = await readFile(file);
    bytes[1000]! ^= 1;
    await writeFile(file, bytes);
    const verify = await callCli(['data', 'verify', '--data-dir', altered], { cwd: folder });
    expect(verify.code).toBe(1);
    expect(verify.stdout).toMatch(/^data_batch_3\.bin: altered/m);
    const never = ['--backend', 'wasm', '--run-dir', join(folder, 'never')];
    const train = await callCli(['train', '--data-dir', altered, ...never], { cwd: folder });
    expect(train.code).toBe(1);
    expect(train.stderr).toMatch(/data_batch_3\.bin/);
    await expect(access(join(folder, 'never'))).rejects.toThrow();
  });
});

describe('an impossible command line: one sentence, exit code 2, nothing written', () => {
  test.each([
    [['--dropout', '1.5'], /model\.dropout\.rate.*received 1\.5/],
    [
      ['--dropout', 'half'],
      /model\.dropout\.rate: expected a number of at least 0 and below 1, received "half"/,
    ],
    [['--batch-size', '0'], /batchSize.*received 0/],
    [['--epochs', '2.5'], /epochs.*received 2\.5/],
    [['--learning-rate', '-1'], /learningRate.*received -1/],
    [['--optimizer', 'lion'], /optimizer\.name: expected one of "adam", .*received "lion"/],
    [['--momentum', '0.9'], /--momentum: expected --optimizer sgd/],
    [['--validation-split', '1'], /validationSplit.*received 1/],
    [['--limit-train', '60000'], /limitTrain.*at most 50000.*60000/],
    [['--max-norm', 'tight'], /model\.maxNorm\.value: expected a number above 0, received "tight"/],
    [['--max-norm-axis', '0,7'], /maxNorm\.axis/],
    [['--seed', '-4'], /seed.*received -4/],
    [['--backend', 'gpu'], /--backend.*auto, node, webgpu, wasm, cpu/],
    [['--kernels', 'fast'], /--kernels.*plain, fma/],
    [['--kernels', 'fma'], /--kernels fma: expected --backend wasm, .* received auto: add --backend wasm/],
    [
      ['--backend', 'cpu', '--kernels', 'plain', '--revectorize'],
      /--kernels plain --revectorize: expected --backend wasm, .* received cpu/,
    ],
    [['--workers', '0'], /--workers.*whole number from 1 to 1024/],
    [['--config', 'nowhere.json'], /nowhere\.json: expected a file that can be read/],
    [['--epoch', '3'], /unknown option '--epoch'/],
    [['twice'], /too many arguments/],
  ])('train %j', async (args, message) => {
    const empty = temporaryFolder();
    const { code, stdout, stderr } = await callCli(['train', ...args], { cwd: empty });
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.split('\n').filter((line) => line !== '' && !line.startsWith('('))).toHaveLength(1);
    expect(stdout).not.toMatch(/Epoch/);
    expect(await readdir(empty)).toEqual([]);
  });

  test('no command, or one that is not there', async () => {
    expect((await runCli([], { cwd: folder })).code).toBe(2);
    expect((await runCli(['fly'], { cwd: folder })).code).toBe(2);
  });

  test('--help and --version are no mistakes', async () => {
    expect(await callCli(['--version'], { cwd: folder })).toMatchObject({ code: 0, stdout: '0.1.0' });
    const { code, stdout } = await callCli(['train', '--help'], { cwd: folder });
    expect(code).toBe(0);
    for (const option of ['--epochs', '--dropout-input', '--max-norm-axis', '--resume', '--json']) {
      expect(stdout).toContain(option);
    }
  });
});

describe('where a run cannot be written', () => {
  test('two runs never share a directory', async () => {
    const { code, stdout, stderr } = await callCli(['train', '--limit-train', '100', '--run-dir', run], {
      cwd: folder,
    });
    expect(code).toBe(2);
    expect(stderr).toContain(`${run}: expected no such folder yet`);
    expect(stdout).toBe('');
  });

  test('a place that cannot be written is refused before the first step', async () => {
    const file = join(folder, 'a-file');
    await writeFile(file, '');
    const { code, stdout, stderr } = await callCli(
      ['train', '--limit-train', '100', '--run-dir', join(file, 'run')],
      {
        cwd: folder,
      },
    );
    expect(code).toBe(2);
    expect(stderr).toMatch(/^dropout-lab: --run-dir .*a-file\/run: expected to make a folder for the run/);
    // Neither measured nor started.
    expect(stdout).toBe('');
  });

  test('a run made by a newer version is refused with a sentence', async () => {
    const newer = join(folder, 'newer');
    await cp(run, newer, { recursive: true });
    const manifest = JSON.parse(await readFile(join(newer, 'run.json'), 'utf8'));
    await writeFile(join(newer, 'run.json'), JSON.stringify({ ...manifest, schemaVersion: 99 }));
    for (const args of [
      ['evaluate', newer],
      ['train', '--resume', newer],
    ]) {
      const { code, stderr } = await callCli(args, { cwd: folder });
      expect(code).toBe(2);
      expect(stderr).toMatch(/made by a newer dropout-lab/);
    }
  });
});
