import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { show } from '../state.ts';
import { ErrorMessage } from './error-message.tsx';

const error = signal<string | undefined>(undefined);

/** Whether a file is an archive, which the page opens wherever it is dropped. */
export const isZip = ({ name, type }: File): boolean => type === 'application/zip' || /\.zip$/i.test(name);

const open = async (file: File): Promise<void> => {
  error.value = undefined;
  try {
    const { openZip } = await import('../runs/open-zip.ts');
    const runs = await openZip(file);
    show(runs.length === 1 ? { page: 'run', runs } : { page: 'compare', runs });
  } catch (reason) {
    error.value = (reason as Error).message;
  }
};

const REMEDY =
  'dropout-lab view shows a folder of runs; pictures belong on Train here, and one to be looked at on Playground';

/** Opens the ZIP file of a run that is dropped on the page, whichever is shown, and says why one cannot be opened. */
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
      const zip = files.find(isZip);
      if (zip) void open(zip);
      else
        error.value = `${files[0]!.name}: expected the ZIP file of a run, found a file or folder of another kind: ${REMEDY}`;
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
