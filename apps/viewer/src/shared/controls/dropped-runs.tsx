import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { OpenedModel } from '../runs/open-files.ts';
import { show, view } from '../state.ts';
import { announce } from './announcements.tsx';
import { ErrorMessage } from './error-message.tsx';
import './dropped-runs.css';

const error = signal<string | undefined>(undefined);
/** The model that was opened last. */
const opened = signal<OpenedModel | undefined>(undefined);

const isZip = ({ name, type }: File): boolean => type === 'application/zip' || /\.zip$/i.test(name);
const isSafetensors = ({ name }: File): boolean => /\.safetensors$/i.test(name);
const isOfKeras = ({ name }: File): boolean => /\.(keras|h5|hdf5)$/i.test(name);
const isOfLayersModel = ({ name }: File): boolean => /\.(json|bin)$/i.test(name);

/** Whether a file is of runs or a model: the page opens those wherever they are dropped. */
export const isOfRuns = (file: File): boolean =>
  [isZip, isSafetensors, isOfKeras, isOfLayersModel].some((is) => is(file));

const showModel = (model: OpenedModel): void => {
  opened.value = model;
  announce(model.notes.join(' '));
  show({ page: 'playground', runs: [model.name], masked: null });
};

const openZip = async (file: File): Promise<void> => {
  const found = await (await import('../runs/open-files.ts')).openZip(file);
  if (!Array.isArray(found)) return showModel(found);
  show(found.length === 1 ? { page: 'run', runs: found } : { page: 'compare', runs: found });
};

const openLayersModel = async (files: readonly File[]): Promise<void> => {
  const model = files.find(({ name }) => /\.json$/i.test(name) && name !== 'classifier.json') ?? files[0]!;
  const { openLayersModel } = await import('../runs/open-files.ts');
  showModel(await openLayersModel(files, model.name.replace(/\.\w+$/, '')));
};

const open = async (files: readonly File[]): Promise<void> => {
  error.value = undefined;
  const file = files.find((one) => isOfRuns(one) && !isOfLayersModel(one));
  try {
    if (file === undefined) await openLayersModel(files);
    else if (isOfKeras(file)) {
      throw new Error(
        `${file.name}: expected ${TAKEN}, found a model of Keras; the command makes a run from it: dropout-lab import ${file.name}`,
      );
    } else if (isSafetensors(file)) {
      showModel(await (await import('../runs/open-files.ts')).openSafetensors(file));
    } else await openZip(file);
  } catch (reason) {
    error.value = (reason as Error).message;
  }
};

const TAKEN = 'the ZIP file of a run, a .safetensors file, or a model.json with its weights';
const REMEDY =
  'dropout-lab view shows a folder of runs; pictures belong on Train here, and one to be looked at on Playground';

/** Opens the files of a run or a model that are dropped on the page, whichever is shown, and says why one cannot be opened. */
export const DroppedRuns = () => {
  useEffect(() => {
    const allow = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
    };
    const take = (event: DragEvent): void => {
      const files = [...(event.dataTransfer?.files ?? [])];
      // What this page takes is taken; a browser would leave the page for any other file, and what it trains.
      if (files.length === 0 || event.defaultPrevented) return;
      event.preventDefault();
      if (files.some(isOfRuns)) void open(files);
      else
        error.value = `${files[0]!.name}: expected ${TAKEN}, found a file or folder of another kind: ${REMEDY}`;
    };
    addEventListener('dragover', allow);
    addEventListener('drop', take);
    return () => {
      removeEventListener('dragover', allow);
      removeEventListener('drop', take);
    };
  }, []);
  return (
    <>
      <ErrorMessage message={error.value} />
      <Notes />
    </>
  );
};

/** The sentences about the model that was opened last, while it is looked at. */
const Notes = () => {
  const { page, runs } = view.value;
  const { name, notes } = opened.value ?? { name: '', notes: [] };
  if (page !== 'playground' || runs[0] !== name || notes.length === 0) return null;
  return <p class="muted small notes">{notes.join(' ')}</p>;
};
