/**
 * `npm run bench:webgpu`: counts the threads, iterations and bytes of the gradients of the tutorial's convolutional blocks on
 * WebGPU, by TensorFlow.js's kernels and by ours, as run in headless Chromium; where it has a graphics processor, measures
 * them too. Prints a Markdown document and writes it to docs/results/webgpu.md.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DropoutLabError } from '@dropout-lab/contracts';
import { rolldown } from 'rolldown';
import { launchChromium } from '../../scripts/chromium.mjs';
import { describeMachine } from './shared/machine.ts';
import { formatNumber, formatTable } from './shared/table.ts';
import type { Operation, OperationRuns, Page, RunProgram } from './webgpu-page.ts';

const BATCH = 250;
/** On a graphics processor; software takes seconds for one. */
const REPEATS = 5;
const documentPath = fileURLToPath(new URL('../../docs/results/webgpu.md', import.meta.url));
const pagePath = fileURLToPath(new URL('../src/webgpu-page.ts', import.meta.url));

/** The tutorial's two blocks: a convolution of 3 x 3 without padding, ReLU, and pooling of 2 x 2. */
const operations: readonly (Operation & { readonly name: string })[] = [
  {
    name: 'conv1, by the filter',
    kind: 'conv',
    x: [BATCH, 32, 32, 3],
    dy: [BATCH, 30, 30, 64],
    filter: [3, 3, 3, 64],
  },
  {
    name: 'conv2, by the filter',
    kind: 'conv',
    x: [BATCH, 15, 15, 64],
    dy: [BATCH, 13, 13, 64],
    filter: [3, 3, 64, 64],
  },
  { name: 'max pooling 1', kind: 'pool', x: [BATCH, 30, 30, 64], dy: [BATCH, 15, 15, 64] },
  { name: 'max pooling 2', kind: 'pool', x: [BATCH, 13, 13, 64], dy: [BATCH, 6, 6, 64] },
  { name: 'ReLU 1', kind: 'relu', x: [BATCH, 30, 30, 64], dy: [BATCH, 30, 30, 64] },
  { name: 'ReLU 2', kind: 'relu', x: [BATCH, 13, 13, 64], dy: [BATCH, 13, 13, 64] },
];

/** The work of one thread of a program. */
interface Work {
  /** Passes through its innermost loop, one after the other; 1 without a loop. */
  readonly iterations: number;
  /** Numbers read from buffers. */
  readonly reads: number;
}

/** Rows that a workgroup of ours loads at a time; see filter-gradient.ts. */
const ROWS = 16;
/** Of a pooling. */
const WINDOW = 4;

/** The work of each program, by the beginning of its key, as its source has it. */
const works: Readonly<Record<string, (program: RunProgram, operation: Operation) => Work>> = {
  // For each position of each image, a number of x and one of dy.
  conv2DDerFilter: (_, { dy: [images, height, width] }) => {
    const iterations = images! * height! * width!;
    return { iterations, reads: 2 * iterations };
  },
  // For each row, a product with 4 x 4 sums; for 16 rows, a thread loads 2 x 4 numbers of both operands.
  filterGradientParts: ({ uniforms }) => {
    const iterations = uniforms[3]![0]! * ROWS;
    return { iterations, reads: iterations };
  },
  filterGradientSum: ({ inputs, output }) => ({
    iterations: inputs[0]! / output,
    reads: inputs[0]! / output,
  }),
  pool2D_max: () => ({ iterations: WINDOW, reads: WINDOW }),
  // Of the places in a window, one is that of a window with stride 2: dy and its position are read.
  maxPool2DBackprop: () => ({ iterations: WINDOW, reads: 2 }),
  // The window's numbers and dy.
  maxPoolGradientDisjoint: ({ component }) => ({ iterations: WINDOW, reads: component * (WINDOW + 1) }),
  reluGradient: ({ component }) => ({ iterations: 1, reads: component * 2 }),
  // Step and Multiply: elementwise programs that read each input once.
  unary: ({ inputs, threads }) => ({ iterations: 1, reads: inputs[0]! / threads }),
  binary: ({ inputs, threads }) => ({ iterations: 1, reads: (inputs[0]! + inputs[1]!) / threads }),
};

const workOf = (program: RunProgram, operation: Operation): Work => {
  const known = Object.entries(works).find(([key]) => program.key.startsWith(key));
  if (known) return known[1](program, operation);
  throw new DropoutLabError(
    `bench:webgpu: expected a program of ${Object.keys(works).join(', ')}, found ${program.key}: describe its work in bench/src/webgpu.ts`,
  );
};

const whole = (value: number): string => Math.round(value).toLocaleString('en');
const megabytes = (numbers: number): string => formatNumber((4 * numbers) / 1e6);

const rowsOf = (
  operation: Operation & { readonly name: string },
  kernels: string,
  { programs, ms }: OperationRuns,
  isMeasured: boolean,
): string[][] =>
  programs.map((program, i) => {
    const { iterations, reads } = workOf(program, operation);
    return [
      i === 0 ? operation.name : '',
      i === 0 ? kernels : '',
      whole(program.threads),
      whole(iterations),
      megabytes(program.threads * reads),
      megabytes(program.output),
      ...(isMeasured ? [i === 0 ? formatNumber(ms) : ''] : []),
    ];
  });

const machine = await describeMachine();
const bundle = await rolldown({ input: pagePath, platform: 'browser', logLevel: 'silent' });
const { output } = await bundle.generate({ format: 'iife', codeSplitting: false });
const browser = await launchChromium(['--enable-unsafe-webgpu']);
try {
  // WebGPU is only for pages of a secure origin.
  const address = 'http://localhost/';
  const page = await browser.newPage();
  await page.route(address, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }));
  await page.goto(address);
  await page.addScriptTag({ content: output[0].code });
  const { vendor, architecture, description } = await page.evaluate(() =>
    (globalThis as unknown as Page).adapter(),
  );
  const isSoftware = /swiftshader|llvmpipe|lavapipe/i.test(`${architecture} ${description}`);
  await page.evaluate(() => (globalThis as unknown as Page).start());
  const runsOf = (operation: Operation): Promise<OperationRuns> =>
    page.evaluate(([one, repeats]) => (globalThis as unknown as Page).runsOf(one, repeats), [
      operation,
      isSoftware ? 0 : REPEATS,
    ] as const);
  /** Milliseconds of a step whose loss is read at once, and of one whose loss is read later; software would take minutes. */
  const stepTimes = async (): Promise<number[]> => {
    const times: number[] = [];
    for (const isLate of isSoftware ? [] : [false, true]) {
      times.push(await page.evaluate((late) => (globalThis as unknown as Page).stepTime(late), isLate));
    }
    return times;
  };
  const stock: OperationRuns[] = [];
  const ours: OperationRuns[] = [];
  for (const operation of operations) stock.push(await runsOf(operation));
  const stockSteps = await stepTimes();
  await page.evaluate(() => (globalThis as unknown as Page).replaceWebgpuKernels());
  for (const operation of operations) ours.push(await runsOf(operation));
  const ourSteps = await stepTimes();
  const rows = operations.flatMap((operation, i) => [
    ...rowsOf(operation, 'stock', stock[i]!, !isSoftware),
    ...rowsOf(operation, 'ours', ours[i]!, !isSoftware),
  ]);
  const header = ['gradient', 'kernels', 'threads', 'iterations', 'read, MB', 'written, MB'];
  const document = `# WebGPU

Written by \`npm run bench:webgpu\`: the gradients of the tutorial's two convolutional blocks at batch ${BATCH}, by
TensorFlow.js's kernels and by those of \`@dropout-lab/wasm-training\`, a line for each program that they run. Threads and
what is written are those of the programs as Chromium ran them. Iterations are the longest loop of one thread; what is read
counts every load from a buffer, before any cache.

${
  isSoftware
    ? 'The adapter was software, whose times say nothing about a graphics processor: there are none here.'
    : 'Times are medians, of all programs of a gradient.'
}

\`\`\`
${machine}
adapter   ${[vendor, architecture, description].filter(Boolean).join(' ')}
\`\`\`

${formatTable([...header, ...(isSoftware ? [] : ['ms'])], rows, 2)}
${
  isSoftware
    ? ''
    : `
A whole training step of the tutorial's model, batch ${BATCH}, all on WebGPU:

${formatTable(
  ['kernels', 'ms, loss read after each step', 'ms, loss read every few steps'],
  [
    ['stock', ...stockSteps.map(formatNumber)],
    ['ours', ...ourSteps.map(formatNumber)],
  ],
  1,
)}
`
}`;
  process.stdout.write(document);
  writeFileSync(documentPath, document);
} finally {
  await browser.close();
}
