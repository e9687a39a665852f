import { ConfigError, type RunConfig } from '@dropout-lab/contracts';
import { signal } from '@preact/signals';
import type { View } from '../shared/address.ts';
import { type ComputeThread, startComputeThread } from '../shared/compute/compute-thread.ts';
import { announce } from '../shared/controls/announcements.tsx';
import { keptImagesOf } from '../shared/kept/kept-runs.ts';
import { type ArmState, endArms, isPaused, sendToArms, type TrainedArm, trainArm } from './arm-training.ts';
import { forgetTraining, holdStart, type KeptStart, keepBegun, newStart } from './kept-training.ts';
import { chooseKept } from './own-images/choice.ts';
import type { LiveRun } from './results/live-run.ts';
import { armsIn, configOf, type TrainSettings } from './settings.ts';

/** The runs of the page, which train on while other pages are shown; none before the first start. */
export const trainedArms = signal<readonly TrainedArm[]>([]);

let starts = 0;

/** The threads of a start whose settings are being checked; they train once those are known to be possible. */
let starting: readonly ComputeThread[] = [];
/** Whether the settings of a start are being checked. */
export const isChecking = signal(false);

/**
 * Checks that models can be built of these settings, in the threads that train them afterwards. Training that is under way
 * continues.
 *
 * @returns Starts the training in place of the one that is under way; it is to be called at once, or not at all.
 * @throws ConfigError when a setting is impossible; ThreadEndedError when the start is withdrawn meanwhile, also by
 * another one.
 */
export const prepareTraining = async (
  settings: TrainSettings,
  backend: View['backend'],
): Promise<() => void> => {
  withdrawStart();
  const arms = armsIn(settings).map((name) => ({ name, config: configOf(settings, name) }));
  const own = arms.map(startComputeThread);
  starting = own;
  isChecking.value = true;
  announce('Checking the settings');
  try {
    await Promise.all(arms.map(({ config }, i) => requireModel(own[i]!, config)));
  } catch (error) {
    if (starting === own) withdrawStart();
    throw error;
  }
  return () => {
    starting = [];
    isChecking.value = false;
    trainArms({ arms, backend, own });
  };
};

const requireModel = async (thread: ComputeThread, { model, dataset }: RunConfig): Promise<void> => {
  const refusal = await thread.call((services) => services.refusalOfModel({ model, dataset }));
  if (refusal) throw new ConfigError(refusal.message, refusal.path);
};

/** Withdraws a start whose settings are being checked; training that is under way continues. */
export const withdrawStart = (): void => {
  for (const thread of starting) thread.end();
  starting = [];
  isChecking.value = false;
};

interface NewArms {
  readonly arms: readonly Pick<TrainedArm, 'name' | 'config'>[];
  readonly backend: View['backend'];
  /** A thread for each arm. */
  readonly own: readonly ComputeThread[];
}

/** Trains new arms, each in its thread. */
const trainArms = ({ arms, backend, own }: NewArms): void => {
  resetTraining();
  beginArms({ arms, backend, own, start: newStart(), isContinued: false });
};

/** Continues runs that the browser has kept, each where its last checkpoint was taken, on the images that they had. */
export const continueTraining = async ({ start, runs }: KeptStart): Promise<void> => {
  withdrawStart();
  const images = await keptImagesOf(start).catch(() => undefined);
  if (images) chooseKept(images);
  const arms = runs.map(({ arm, config }) => ({ name: arm, config }));
  beginArms({ arms, backend: runs[0]!.backend, own: arms.map(startComputeThread), start, isContinued: true });
};

const beginArms = ({
  arms,
  backend,
  own,
  ...start
}: NewArms & Pick<TrainedArm, 'start' | 'isContinued'>): void => {
  holdStart(start.start);
  trainedArms.value = arms.map((arm) => ({
    ...arm,
    ...start,
    id: ++starts,
    backend,
    runs: arms.length,
    status: signal<ArmState>({ state: 'starting' }),
    reason: signal(''),
    run: signal<LiveRun | null>(null),
    notKept: signal<string | undefined>(undefined),
  }));
  for (const [i, arm] of trainedArms.value.entries()) {
    if (!start.isContinued) void keepBegun(arm);
    void trainArm(arm, own[i]!);
  }
};

/** Ends all training, and forgets it. */
export const resetTraining = (): void => {
  withdrawStart();
  endArms();
  const [first] = trainedArms.value;
  if (first) void forgetTraining(first.start);
  trainedArms.value = [];
  isPaused.value = false;
};

export const pauseTraining = (): void => {
  withdrawStart();
  isPaused.value = true;
  sendToArms('pause');
};

export const resumeTraining = (): void => {
  withdrawStart();
  isPaused.value = false;
  sendToArms('resume');
};

/** Ends training where it is, and keeps the model. */
export const stopTraining = (): void => {
  withdrawStart();
  isPaused.value = false;
  sendToArms('stop');
};
