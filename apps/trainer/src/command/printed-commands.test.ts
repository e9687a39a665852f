import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  flagsOfConfig,
  parseRunConfig,
  type RunConfigInput,
  runConfigSchema,
  writtenConfig,
} from '@dropout-lab/contracts';
import { CommanderError } from 'commander';
import { describe, expect, test, vi } from 'vitest';
import { reportInvocation, runInvocation } from '../study/next-command.ts';
import { DEFAULT_STORE } from '../study/store.ts';
import { invocationOf } from './invocation.ts';
import { type ReadCommand, readCommandLine } from './read-command-line.testing.ts';
import { readRunConfig } from './read-run-config.ts';

/** Splits a command line as a shell does. */
const wordsOf = (line: string): string[] =>
  Array.from(line.matchAll(/(?:'[^']*'|\\.|[^\s'\\])+/g), ([word]) =>
    word.replaceAll(/'([^']*)'|\\(.)/g, (_, quoted: string, escaped: string) => quoted ?? escaped),
  );

/** Reads a command line as it was printed. */
const readPrinted = (line: string): Promise<ReadCommand> => {
  const words = wordsOf(line.replace(/^npx /, ''));
  if (words[0] === 'dropout-lab') return readCommandLine(words.slice(1));
  expect(words.slice(0, 2)).toEqual(['npm', 'run']);
  return readCommandLine(words[2] === 'train' ? ['train', ...words.slice(4)] : words.slice(4));
};

const repository = fileURLToPath(new URL('../../../../', import.meta.url));
const files = execFileSync(
  'git',
  ['ls-files', '*.md', 'apps/*/src/**.ts', 'apps/*/src/**.tsx', 'packages/*/src/**.ts'],
  {
    cwd: repository,
    encoding: 'utf8',
  },
)
  .split('\n')
  .filter((file) => file !== '' && !/reference\/|CHANGELOG|\.(?:test|testing|setup)\.ts/.test(file));

/** A command line of documents, pages or messages: in a block of code, between backticks or other marks of code. */
const printed =
  /(?:^ {0,4}|[`“"]|<code>|: )((?:npx )?dropout-lab [a-z].*?|npm run (?:train|dropout-lab) -- .*?)(?= +#|[`”"]|<\/code>|$)/gm;

const isCommand =
  /^(?:npx )?(?:dropout-lab|npm run (?:train|dropout-lab) --) (?:train|evaluate|predict|export|import|view|data|sweep|study|report|worker|--)(?=[^a-z]|$)/;

const found = files.flatMap((file) =>
  Array.from(readFileSync(`${repository}${file}`, 'utf8').matchAll(printed), ([, line]) => ({
    file,
    line: line!.trim(),
  })).filter(({ line }) => isCommand.test(line)),
);

const lacksSomething = [
  'commander.missingArgument',
  'commander.missingMandatoryOptionValue',
  'commander.help',
];

/** A text with places to be filled in, as a person would fill them in. */
const filledIn = (line: string): string =>
  line
    .replaceAll(/\$\{[^}]*\}?/g, '')
    .replaceAll(/runs\/<run>|\bRUN\b|\[RUNS-DIR\]|\bSTUDY\b|\bFILE\b|IMAGE\.\.\./g, 'place')
    .replaceAll(/\b(PATH=VALUES)\b/g, 'optimizer.beta2=0.9,0.99')
    .replaceAll(/\b(OPTIONS|COMMAND)\b/g, '');

describe('command lines of documents, pages and messages are taken by the command', () => {
  test('some were found in each', () => {
    expect(found.length).toBeGreaterThan(50);
    for (const place of ['docs/', 'README.md', 'apps/viewer/src/'])
      expect(
        found.some(({ file }) => file.startsWith(place)),
        place,
      ).toBe(true);
  });

  test.each(found)('$file: $line', async ({ line }) => {
    const filled = filledIn(line);
    // A word in a sentence, such as "`dropout-lab evaluate`", names the command alone.
    const named = wordsOf(filled.replace(/^npx /, '')).length <= 3;
    const read = await readPrinted(filled).catch((error: unknown) => error);
    if (named && read instanceof CommanderError && lacksSomething.includes(read.code)) return;
    if (read instanceof Error) throw read;
  });
});

describe('command lines that messages make from options', () => {
  const options = { store: DEFAULT_STORE, backend: 'auto', jobs: 1 } as const;

  test.each([
    [reportInvocation('tutorial', options), ['report', 'tutorial'], {}],
    [
      reportInvocation('my study.json', { ...options, store: 'my runs' }),
      ['report', 'my study.json'],
      { store: 'my runs' },
    ],
    [
      reportInvocation('sweep-dropout', {
        ...options,
        store: '/x',
        dataDir: "/it's here",
        mirror: ['http://a'],
      }),
      ['report', 'sweep-dropout'],
      { store: '/x', dataDir: "/it's here" },
    ],
    [
      runInvocation('sweep-dropout', { ...options, store: '/x', backend: 'wasm', jobs: 2, workers: 1 }),
      ['study run', 'sweep-dropout'],
      { store: '/x', backend: 'wasm', jobs: 2, workers: 1 },
    ],
    [
      runInvocation('tutorial', { ...options, queue: 'redis://host:6379' }),
      ['study run', 'tutorial'],
      { queue: 'redis://host:6379' },
    ],
    [
      invocationOf(['train'], { resume: 'runs/a b', 'data-dir': undefined }),
      ['train'],
      { resume: 'runs/a b' },
    ],
    [
      invocationOf(['worker'], { queue: 'rediss://host', store: '$HOME/x' }),
      ['worker'],
      { queue: 'rediss://host', store: '$HOME/x' },
    ],
  ])('%s', async (line, [name, ...args], given) => {
    const command = await readPrinted(line);
    expect([command.name, ...command.args]).toEqual([name, ...args]);
    expect(command.options).toMatchObject(given);
  });

  test.each([
    ['train', 'npm run train -- --resume x'],
    ['train:quick', 'npm run train -- --resume x'],
    ['dropout-lab', 'npm run train -- --resume x'],
    ['npx', 'npx dropout-lab train --resume x'],
    ['start-of-another-project', 'dropout-lab train --resume x'],
    ['', 'dropout-lab train --resume x'],
  ])('begin with the words that the command was called by, which npm names %s', async (script, line) => {
    vi.stubEnv('npm_lifecycle_event', script);
    expect(invocationOf(['train'], { resume: 'x' })).toBe(line);
    expect((await readPrinted(invocationOf(['report', 'y'], { store: 'z' }))).options).toMatchObject({
      store: 'z',
    });
    vi.unstubAllEnvs();
  });
});

test.each<RunConfigInput>([
  { model: { maxNorm: null } },
  { model: { maxNorm: { axis: [0] } } },
  { model: { maxNorm: { axis: [0, 1, 2], value: 1.5 } } },
  { model: { maxNorm: { axis: 3 } } },
  { model: { units: [], filters: [8] } },
  {
    model: {
      layers: [
        { kind: 'flatten', name: 'first' },
        { kind: 'dense', units: 10, activation: 'softmax' },
      ],
    },
  },
  { model: { dropout: { noiseShape: [null, 1, 1, null] } } },
  { optimizer: { name: 'sgd', momentum: 0.9, nesterov: true } },
  { schedule: { name: 'piecewise_constant', boundaries: [5], values: [0.1, 0.01] } },
  { shuffle: false, augmentation: { flip: true, crop: 4 }, seed: 2 ** 53 - 1 },
  { callbacks: [{ name: 'early_stopping', restoreBestWeights: true }] },
  {
    dataset: 'cifar100',
    limitTrain: 100,
    limitTest: 10,
    checkpointEverySteps: 3,
    optimizer: { learningRate: 1e-9 },
  },
])('the command that the viewer shows for a configuration gives that configuration: %j', async (input) => {
  const config = parseRunConfig(input);
  const line = ['dropout-lab train', ...flagsOfConfig(runConfigSchema, writtenConfig(config))].join(' ');
  const { options } = await readPrinted(line);
  expect(await readRunConfig(options)).toEqual(config);
});
