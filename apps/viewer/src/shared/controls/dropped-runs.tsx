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

/** Opens the ZIP file of a run that is dropped on the page, whichever is shown, and says why one cannot be opened. */
export const DroppedRuns = () => {
  useEffect(() => {
    const allow = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
    };
    const take = (event: DragEvent): void => {
      const file = [...(event.dataTransfer?.files ?? [])].find(isZip);
      if (!file) return;
      event.preventDefault();
      void open(file);
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
