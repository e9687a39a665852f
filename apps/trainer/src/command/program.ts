import { testTimeAugmentationSchema, withoutSecrets } from '@dropout-lab/contracts';
import { Command, Option } from 'commander';
import { addStudyCommands, type CommandsContext } from '../study/study-program.ts';
import { version } from '../version.ts';
import { addConfigOptions } from './config-options.ts';
import { printableLines } from './printable.ts';
import { createReporter } from './reporter.ts';
import {
  addImagesOptions,
  addPreparationOptions,
  backendOption,
  checkpointOption,
  dataDirOption,
  datasetOption,
  exportFormatOption,
  fitOption,
  imagesFormatOption,
  kernelsOption,
  mirrorOption,
  port,
  recipeOption,
  revectorizeOption,
  topOption,
  trainingBackendOption,
  wholeUpTo,
  workersOption,
} from './shared-options.ts';

/**
 * The command line. Options are only read here; the schemas of @dropout-lab/contracts check them. Each command
 * is loaded when it is called: TensorFlow.js takes half a second, which nobody who asks for help or mistypes should wait.
 *
 * @param signal Aborted when the user wants to stop.
 * @returns Runs a command line and resolves with the exit code; rejects with a CommanderError when it is wrong.
 */
export const createProgram = (signal: AbortSignal): ((argv: readonly string[]) => Promise<number>) => {
  let exitCode = 0;
  let typed: readonly string[] = [];
  const program = buildProgram({
    signal,
    commandLine: () => typed,
    onExitCode: (code) => {
      exitCode = code;
    },
  });
  return async (argv) => {
    // It goes into runs, and with them to whoever sees these.
    typed = argv.map(withoutSecrets);
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  };
};

/** Returns commander's program of every command and option. */
export const buildProgram = (context: CommandsContext): Command => {
  const { signal, commandLine, onExitCode } = context;
  const program = new Command('dropout-lab')
    .description(
      'Train image classifiers on CIFAR or your own pictures, and get the numbers that Keras gives.',
    )
    .version(version)
    .showHelpAfterError('(add --help for the options)')
    .configureOutput({ writeErr: (text) => process.stderr.write(printableLines(text)) })
    .exitOverride()
    .hook('preAction', (_, command) => requireValues(command));

  addPreparationOptions(addConfigOptions(program.command('train')))
    .description(
      'train the model, then evaluate it on the test images; without options, the run of the tutorial',
    )
    .option(
      '--standardize',
      'for your own pictures: begin the model with a normalization by the mean and variance of each channel of the images that it trains on',
    )
    .addOption(recipeOption())
    .option('--config <file>', 'JSON file of run settings; options override it')
    .addOption(trainingBackendOption())
    .addOption(kernelsOption())
    .addOption(revectorizeOption())
    .addOption(workersOption())
    .option('--run-dir <folder>', 'folder to make for this run (default: runs/<time>-<digest>)')
    .option(
      '--resume <run>',
      'resume a run from its last checkpoint; with --epochs, train it for up to that many',
    )
    .option(
      '--tensorboard <folder>',
      'also write TensorBoard event files during training, to a subfolder named after the run',
    )
    .addOption(dataDirOption())
    .addOption(mirrorOption())
    .option('--json', 'print events as lines of JSON on stdout')
    .allowExcessArguments(false)
    .action(async (options, command: Command) => {
      refuseBesideResume(options, command);
      const { trainCommand } = await import('../train/train-command.ts');
      const reporter = createReporter({ json: options.json ?? false });
      onExitCode(await trainCommand(options, commandLine(), reporter, signal));
    });

  addImagesOptions(program.command('evaluate'))
    .description("compute a run's metrics on the test images")
    .argument('<run>', 'folder of the run')
    .addOption(checkpointOption())
    .addOption(backendOption())
    .addOption(workersOption())
    .addOption(dataDirOption())
    .addOption(mirrorOption())
    .addOption(
      new Option(
        '--test-time-augmentation <name>',
        "views of each image whose logits are averaged (default: the run's setting)",
      ).choices(testTimeAugmentationSchema.options),
    )
    .addOption(
      new Option(
        '--mc <passes>',
        'Monte Carlo dropout: also average the prediction over this many passes with dropout on',
      ).argParser(wholeUpTo(MOST_PASSES)),
    )
    .option(
      '--temperature',
      "also predict with logits divided by a temperature, which is found on the run's validation images",
    )
    .option(
      '--chart <file>',
      'write the rejection curves, accuracy against the fraction of images answered, to an .svg file',
    )
    .option('--json', 'print the whole evaluation as JSON on stdout')
    .action(async (run: string, options) => {
      const { evaluateCommand } = await import('../model/evaluate-command.ts');
      onExitCode(
        await evaluateCommand(run, options, createReporter({ json: options.json ?? false }), signal),
      );
    });

  program
    .command('predict')
    .description(
      'print the most likely classes of image files; exits with 1 when some could not be read, with 2 when none could',
    )
    .argument('<run>', 'folder of the run')
    .argument('<image...>', 'image files of any size, such as PNG or JPEG, or folders of them')
    .addOption(checkpointOption())
    .addOption(backendOption())
    .addOption(topOption())
    .option('--json', 'print a line of JSON for each image')
    .addOption(
      new Option(
        '--csv',
        'print a table: file, label, probability, then the further classes of --top; with all, a column for each class',
      ).conflicts('json'),
    )
    .action(async (run: string, images: string[], options) => {
      const { predictCommand } = await import('../model/predict-command.ts');
      onExitCode(
        await predictCommand(run, images, options, createReporter({ json: options.json ?? false }), signal),
      );
    });

  program
    .command('export')
    .description('write a run, or several, as a file or a folder for other programs')
    .argument('<run...>', 'folder of the run; several for a format that takes them')
    .addOption(exportFormatOption())
    .addOption(checkpointOption())
    .option(
      '--output <place>',
      `file or folder to write; a folder must be new or empty (default: <checkpoint> in the run's folder, with the format's ending, or a folder named after the format)`,
    )
    .action(async (runs: string[], options) => {
      const { exportCommand } = await import('../model/export/export-command.ts');
      onExitCode(await exportCommand(runs, options, createReporter({ json: false })));
    });

  addImagesOptions(program.command('import'))
    .description(
      'make a run from a model saved by Keras 3, TensorFlow.js or export, to evaluate it and predict with it',
    )
    .argument('<file>', '.keras, .safetensors or .weights.h5 file, or model.json with its weights beside it')
    .option(
      '--config <file>',
      "JSON file of run settings, used instead of the model in the file, or instead of the tutorial's where the file has only weights",
    )
    .addOption(datasetOption())
    .addOption(fitOption('without it as the file says, otherwise cover'))
    .option('--run-dir <folder>', 'folder to make for the run (default: runs/<time>-<digest>)')
    .action(async (file: string, options) => {
      const { importCommand } = await import('../model/import/import-command.ts');
      onExitCode(await importCommand(file, options, commandLine(), createReporter({ json: false }), signal));
    });

  program
    .command('view')
    .description('show the runs of a folder in the browser, as they train')
    .argument('[runs-dir]', 'folder of the runs (default: runs)')
    .option('--host <address>', 'address to listen on (default: 127.0.0.1, for this machine only)')
    .option(
      '--allow-host <name>',
      "another host name to answer to, such as a proxy's; can be repeated",
      (name: string, names: readonly string[] = []) => [...names, name],
    )
    .option('--port <n>', 'port to listen on, 0 for any (default: 4321 or the next that is free)', port)
    .option('--no-open', 'do not open a browser')
    .option('--export <folder>', 'write the pages and the runs as files for any web server, then end')
    .option('--images', 'export the images of the data sets too')
    .action(async (runsFolder: string | undefined, options) => {
      const { viewCommand } = await import('../view/view-command.ts');
      onExitCode(await viewCommand(runsFolder, options, createReporter({ json: false }), signal));
    });

  const data = program.command('data').description('fetch, verify, describe or export images');
  data
    .command('fetch')
    .description('fetch and verify the images, unless they are in the cache')
    .addOption(datasetOption().default('cifar10'))
    .addOption(mirrorOption())
    .action(async (options) => {
      const { fetchCommand } = await import('../data/data-command.ts');
      onExitCode(await fetchCommand(options.dataset, options, createReporter({ json: false }), signal));
    });
  data
    .command('verify')
    .description('compare the files with their known SHA-256')
    .addOption(datasetOption().default('cifar10'))
    .addOption(dataDirOption())
    .action(async (options) => {
      const { verifyCommand } = await import('../data/data-command.ts');
      onExitCode(await verifyCommand(options.dataset, options, createReporter({ json: false }), signal));
    });
  addPreparationOptions(data.command('info'), { named: false })
    .description('describe a data set and say where its files are, or describe what your own pictures become')
    .argument('[path]', 'folder with a subfolder of pictures for each class, or a Parquet file of pictures')
    .addOption(datasetOption())
    .addOption(dataDirOption())
    .action(async (path: string | undefined, options, command: Command) => {
      refuseOfOtherData(path, command);
      const reporter = createReporter({ json: false });
      if (path !== undefined) {
        const { folderInfoCommand } = await import('../data/folder-info.ts');
        onExitCode(await folderInfoCommand(path, options, reporter, signal));
        return;
      }
      const { infoCommand } = await import('../data/data-command.ts');
      onExitCode(await infoCommand(options.dataset ?? 'cifar10', options, reporter));
    });

  addPreparationOptions(data.command('export'), { named: false })
    .description('write your own pictures in another format, as training sees them')
    .argument('<path>', 'folder with a subfolder of pictures for each class, or a Parquet file of pictures')
    .addOption(imagesFormatOption())
    .requiredOption('--to <folder>', 'folder to make')
    .action(async (path: string, options) => {
      const { dataExportCommand } = await import('../data/export/data-export-command.ts');
      onExitCode(await dataExportCommand(path, options, createReporter({ json: false }), signal));
    });

  program
    .command('info')
    .description('print versions, machine, backends and cache, to paste into a bug report')
    .action(async () => {
      const { infoCommand } = await import('../machine/info-command.ts');
      onExitCode(await infoCommand(createReporter({ json: false })));
    });

  addStudyCommands(program, context);
  return program;
};

/** Averages hardly change after some dozens; each takes as long as an evaluation. */
const MOST_PASSES = 10_000;

/** Refuses an option or an argument that was left empty, or that the next option was taken for. */
const requireValues = (command: Command): void => {
  const isMissing = (value: unknown): boolean =>
    [value].flat().some((text) => text === '' || (typeof text === 'string' && text.startsWith('--')));
  const lacking = command.options.find(
    (option) =>
      command.getOptionValueSource(option.attributeName()) === 'cli' &&
      isMissing(command.getOptionValue(option.attributeName())),
  );
  if (lacking) command.error(`error: option '${lacking.flags}' argument missing`);
  const empty = command.args.indexOf('');
  if (empty < 0) return;
  const name = command.registeredArguments[Math.min(empty, command.registeredArguments.length - 1)]?.name();
  command.error(`error: missing required argument '${name}'`);
};

/** Refuses options of `data info` for pictures without these, and for a data set by its name beside pictures. */
const refuseOfOtherData = (path: string | undefined, command: Command): void => {
  const ofNamed = new Set(['dataset', 'dataDir']);
  const refused = command.options.find(
    (option) =>
      ofNamed.has(option.attributeName()) === (path !== undefined) &&
      command.getOptionValueSource(option.attributeName()) === 'cli',
  );
  if (refused === undefined) return;
  command.error(
    path === undefined
      ? `error: option '${refused.long}' cannot be used without the path of your own pictures`
      : `error: option '${refused.long}' cannot be used with your own pictures, found ${path}`,
  );
};

/** Refuses settings for a run that is resumed: it continues as it was started, but may do so for longer. */
const refuseBesideResume = ({ resume }: { resume?: string }, command: Command): void => {
  if (resume === undefined) return;
  const allowed = new Set([
    'resume',
    'epochs',
    'workers',
    'json',
    'dataDir',
    'mirror',
    'tensorboard',
    'images',
    'test',
  ]);
  const refused = command.options.find(
    (option) =>
      !allowed.has(option.attributeName()) && command.getOptionValueSource(option.attributeName()) === 'cli',
  );
  if (refused)
    command.error(
      `error: option '${refused.long}' cannot be used with --resume: a run continues as it was started`,
    );
};
