import { MOST_SEEDS } from '@dropout-lab/study';
import { type Command, InvalidArgumentError } from 'commander';
import { addConfigOptions } from '../command/config-options.ts';
import { createReporter } from '../command/reporter.ts';
import {
  addImagesOptions,
  addPreparationOptions,
  backendOption,
  dataDirOption,
  jobsOption,
  kernelsOption,
  mirrorOption,
  revectorizeOption,
  trainingBackendOption,
  wholeUpTo,
  workersOption,
} from '../command/shared-options.ts';
import { DEFAULT_LEASE_SECONDS, redisAddress } from './queue.ts';
import { DEFAULT_STORE } from './store.ts';

/** The arguments of commands besides their options. */
export interface CommandsContext {
  /** Aborted when the user wants to stop. */
  readonly signal: AbortSignal;
  /** The command line, as typed after `dropout-lab`, but for passwords and tokens in addresses. */
  readonly commandLine: () => readonly string[];
  readonly onExitCode: (code: number) => void;
}

/** Adds the commands that compare runs. */
export const addStudyCommands = (
  program: Command,
  { signal, commandLine, onExitCode }: CommandsContext,
): void => {
  const reporter = () => createReporter({ json: false });
  addPreparationOptions(withRunOptions(withStoreOptions(addSweepOptions(program.command('sweep')))))
    .description(
      'train with each of several values, such as --dropout 0:0.8:0.1, and rank them by validation',
    )
    .action(async (options) => {
      const { sweepCommand } = await import('./sweep-command.ts');
      onExitCode(await sweepCommand(options, commandLine(), reporter(), signal));
    });

  const study = program
    .command('study')
    .description('compare arms over seeds: run a study, or show how far it has come');

  addImagesOptions(withRunOptions(withStudyOptions(study.command('run'))))
    .description('train the runs of a study that are not finished yet, and resume those that were stopped')
    .action(async (nameOrFile: string, options) => {
      const { studyRunCommand } = await import('./study-command.ts');
      onExitCode(await studyRunCommand(nameOrFile, options, commandLine(), reporter(), signal));
    });

  withStudyOptions(study.command('status'))
    .description('show how far each run of a study has come')
    .option('--json', 'print JSON on stdout')
    .action(async (nameOrFile: string, options) => {
      const { studyStatusCommand } = await import('./study-command.ts');
      onExitCode(await studyStatusCommand(nameOrFile, options, reporter()));
    });

  addImagesOptions(withStudyOptions(program.command('report')))
    .description('write the report of a study: a web page, Markdown with pictures, and the data')
    .option('--output <folder>', 'folder of the report (default: reports/<study>)')
    .addOption(backendOption())
    .addOption(dataDirOption())
    .addOption(mirrorOption())
    .action(async (nameOrFile: string, options) => {
      const { reportCommand } = await import('./report-command.ts');
      onExitCode(await reportCommand(nameOrFile, options, reporter(), signal));
    });

  addImagesOptions(program.command('worker'))
    .description('train runs that study run --queue has put on a queue, on this machine or another')
    .requiredOption(
      '--queue <url>',
      'address of a Redis server, such as redis://localhost:6379',
      redisAddress,
    )
    .option('--store <folder>', 'folder of the runs, the same for all workers', DEFAULT_STORE)
    .addOption(jobsOption())
    .option(
      '--lease <seconds>',
      'seconds of silence after which a run is given to another worker',
      wholeUpTo(86_400),
      DEFAULT_LEASE_SECONDS,
    )
    .addOption(trainingBackendOption())
    .addOption(kernelsOption())
    .addOption(revectorizeOption())
    .addOption(workersOption())
    .addOption(dataDirOption())
    .addOption(mirrorOption())
    .action(async (options) => {
      const { workerCommand } = await import('./worker-command.ts');
      onExitCode(await workerCommand(options, reporter(), signal));
    });

  study
    .command('list')
    .description('list the studies that come with dropout-lab')
    .action(async () => {
      const { studyListCommand } = await import('./study-command.ts');
      onExitCode(studyListCommand(reporter()));
    });
};

const addSweepOptions = (command: Command): Command =>
  addConfigOptions(command, { several: true })
    .option('--config <file>', 'JSON file of run settings; options override it')
    .option('--name <name>', 'name of the study (default: sweep-<settings>)');

const withStudyOptions = (command: Command): Command =>
  withStoreOptions(command.argument('<study>', 'name of a study, or a file (.ts, .js, .json)'));

const withStoreOptions = (command: Command): Command =>
  command
    .option('--seeds <seeds>', 'how many seeds, counted from 0, or which ones: 6, or 0,3,7', seeds)
    .option('--store <folder>', 'folder of the runs', DEFAULT_STORE);

const withRunOptions = (command: Command): Command =>
  command
    .option(
      '--queue <url>',
      'put the runs on the queue of a Redis server instead of training them here; dropout-lab worker trains them',
      redisAddress,
    )
    .addOption(jobsOption())
    .addOption(trainingBackendOption())
    .addOption(kernelsOption())
    .addOption(revectorizeOption())
    .addOption(workersOption())
    .addOption(dataDirOption())
    .addOption(mirrorOption());

/** Parses seeds: `6` is seeds 0 to 5; a list is those seeds. */
const seeds = (text: string): number[] => {
  const values = text.split(',').map((part) => (/^\d+$/.test(part.trim()) ? Number(part) : Number.NaN));
  if (values.some((value) => !Number.isSafeInteger(value)) || (values.length === 1 && values[0] === 0)) {
    throw new InvalidArgumentError(
      'Expected a number of seeds, such as 6, or a list of them, such as 0,3,7.',
    );
  }
  const count = values.length === 1 ? values[0]! : values.length;
  if (count > MOST_SEEDS) throw new InvalidArgumentError(`Expected at most ${MOST_SEEDS} seeds.`);
  return values.length === 1 ? Array.from({ length: values[0]! }, (_, seed) => seed) : values;
};
