import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { show } from '../state.ts';
import { ErrorMessage } from './error-message.tsx';

const error = signal<string | undefined>(undefined);

const isZip = ({ name, type }: File): boolean => type === 'application/zip' || /\.zip$/i.test(name);
const isSafetensors = ({ name }: File): boolean => /\.safetensors$/i.test(name);
const isOfKeras = ({ name }: File): boolean => /\.(keras|h5|hdf5)$/i.test(name);

/** Whether a file is of runs or a model: the page opens those wherever they are dropped. */
export const isOfRuns = (file: File): boolean => [isZip, isSafetensors, isOfKeras].some((is) => is(file));

const open = async (file: File): Promise<void> => {
  error.value = undefined;
  try {
    if (isOfKeras(file)) {
      throw new Error(
        `${file.name}: expected the ZIP file of a run or a .safetensors file, found a model of Keras; the command makes a run from it: dropout-lab import ${file.name}`,
      );
    }
    if (isSafetensors(file)) {
      const { openSafetensors } = await import('../runs/open-safetensors.ts');
      show({ page: 'playground', runs: [await openSafetensors(file)], masked: null });
      return;
    }
    const { openZip } = await import('../runs/open-zip.ts');
    const runs = await openZip(file);
    show(runs.length === 1 ? { page: 'run', runs } : { page: 'compare', runs });
  } catch (reason) {
    error.value = (reason as Error).message;
  }
};

const REMEDY =
  'dropout-lab view shows a folder of runs; pictures belong on Train here, and one to be looked at on Playground';

/** Opens the file of a run or a model that is dropped on the page, whichever is shown, and says why one cannot be opened. */
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
      const file = files.find(isOfRuns);
      if (file) void open(file);
      else
        error.value = `${files[0]!.name}: expected the ZIP file of a run or a .safetensors file, found a file or folder of another kind: ${REMEDY}`;
    };
    addEventListener('dragover', allow);
    addEventListener('drop', take);
    return () => {
      removeEventListener('dragover', allow);
      removeEventListener('drop', take);
    };
  }, []);
  return <ErrorMessage message={error.value} />;
};
