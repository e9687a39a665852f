import { datasets, imageFitSchema, recipes } from '@dropout-lab/contracts';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { imagesFormatNames, imagesFormats } from '../data/export/table.ts';
import { DEFAULT_FORMAT, exportFormatNames, exportFormats } from '../model/export/table.ts';

/** The backend of a command that trains. */
export const trainingBackendOption = (): Option =>
  backendOption(
    'auto: where tfjs-node is installed, the backend with the fastest training step, measured once for each kind of run; elsewhere WebGPU if its packages find a graphics processor, otherwise wasm',
  );

export const backendOption = (
  help = 'auto: WebGPU if its packages are installed and find a graphics processor, otherwise tfjs-node if it can be loaded, otherwise wasm',
): Option =>
  new Option('--backend <name>', help).choices(['auto', 'node', 'webgpu', 'wasm', 'cpu']).default('auto');

export const kernelsOption = (): Option =>
  new Option(
    '--kernels <build>',
    'with --backend wasm: fma uses fused multiply-add, which is faster where the processor has it, but its bits depend on the processor (default: plain)',
  ).choices(['plain', 'fma']);

export const revectorizeOption = (): Option =>
  new Option(
    '--revectorize',
    "with --backend wasm: 256-bit kernels by V8's --experimental-wasm-revectorize, refused where their bits would differ from the others'",
  );

export const datasetOption = (): Option =>
  new Option('--dataset <name>', 'data set').choices(Object.keys(datasets));

/** `64`, or `48x64`, height first. */
const size = (text: string): [height: number, width: number] => {
  const [height, width = height, ...more] = text
    .split('x')
    .map((side) => (/^\d+$/.test(side) ? Number(side) : 0));
  if (height && width && more.length === 0) return [height, width];
  throw new InvalidArgumentError(
    'Expected a number of pixels, such as 64, or height x width, such as 48x64.',
  );
};

/** Refuses an option that is given twice: the first would be left out in silence. */
const once = (text: string, before: string | undefined): string => {
  if (before === undefined) return text;
  throw new InvalidArgumentError(`Expected it once, found ${before} too: put the pictures into one place.`);
};

/** Adds the options that name a user's own images, as those that a run was trained on. */
export const addImagesOptions = (command: Command): Command =>
  withTest(
    command.option(
      '--images <path>',
      "your own pictures: a folder with a subfolder for each class, or with train, test and validation folders that have one; or a Parquet file, or a folder of them, in Hugging Face's layout",
      once,
    ),
  );

const withTest = (command: Command): Command =>
  command.option(
    '--test <path>',
    'your own test pictures, a folder or a Parquet file, for --images without a test split (default: a fifth of each class)',
    once,
  );

/** Returns the option that says how pictures are fitted into images. @param otherwise What is done without it, in words. */
export const fitOption = (otherwise: string): Option =>
  new Option(
    '--fit <name>',
    `for your own pictures: cover crops to the middle, contain adds white borders, fill stretches (${otherwise})`,
  ).choices(imageFitSchema.options);

/** Adds the options that make images of a user's own pictures. */
export const addPreparationOptions = (command: Command, { named = true } = {}): Command =>
  (named ? addImagesOptions : withTest)(command)
    .addOption(
      new Option(
        '--size <pixels>',
        'for your own pictures: side of an image, or height x width, such as 48x64 (default: that of the pictures if all share one of at most 64, otherwise 32)',
      ).argParser(size),
    )
    .addOption(fitOption('default: cover'))
    .option('--strict', 'for your own pictures: refuse files that are not pictures instead of skipping them');

/** The help of each recipe is its summary. */
export const recipeOption = (): Option =>
  new Option(
    '--recipe <name>',
    `settings that reach a known accuracy; other options override them: ${Object.entries(recipes)
      .map(([name, { summary }]) => `${name}, ${summary}`)
      .join('; ')}`,
  ).choices(Object.keys(recipes));

export const dataDirOption = (): Option =>
  new Option('--data-dir <folder>', 'folder with the official binary files; nothing is fetched');

export const mirrorOption = (): Option =>
  new Option('--mirror <url...>', 'addresses to try for the archive before the official one');

export const checkpointOption = (): Option =>
  new Option('--checkpoint <name>', 'which weights to use').choices(['last', 'best']).default('last');

/** The format of an export. */
export const exportFormatOption = (): Option =>
  new Option(
    '--format <name>',
    `${exportFormatNames.map((name) => `${name}: ${exportFormats[name].description}`).join('; ')} (default: the one that the ending of --output names, otherwise ${DEFAULT_FORMAT})`,
  ).choices(exportFormatNames);

/** The format of exported images. */
export const imagesFormatOption = (): Option =>
  new Option(
    '--format <name>',
    imagesFormatNames.map((name) => `${name}: ${imagesFormats[name].description}`).join('; '),
  )
    .choices(imagesFormatNames)
    .makeOptionMandatory();

/** How many classes a prediction gives. */
export const topOption = (): Option =>
  new Option('--top <k>', 'how many classes for each image, the most probable first, or all')
    .argParser((text) => (text === 'all' ? text : wholeUpTo(MOST_CLASSES)(text)))
    .default(3);

/** As many as there are labels of 16 bits. */
const MOST_CLASSES = 65_536;

const number = (text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('Expected a number.');
  return value;
};

/** A port to listen on; 0 is any. */
export const port = (text: string): number => {
  const value = number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535)
    throw new InvalidArgumentError('Expected a whole number from 0 to 65535.');
  return value;
};

/** Returns a reader of whole numbers from 1 to a bound. */
export const wholeUpTo =
  (most: number) =>
  (text: string): number => {
    const value = number(text);
    if (Number.isInteger(value) && value >= 1 && value <= most) return value;
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${most}.`);
  };

/** More threads or processes than any machine has cores for. */
const MOST_AT_ONCE = 1024;

export const workersOption = (): Option =>
  new Option('--workers <n>', 'threads that share each batch (default: one per core on wasm)').argParser(
    wholeUpTo(MOST_AT_ONCE),
  );

export const jobsOption = (): Option =>
  new Option('--jobs <n>', 'runs at once').argParser(wholeUpTo(MOST_AT_ONCE)).default(1);
