import { useEffect, useState } from 'preact/hooks';
import { isOfRuns } from '../../shared/controls/dropped-runs.tsx';
import { ErrorMessage } from '../../shared/controls/error-message.tsx';
import { count } from '../../shared/format.ts';
import { type Choice, choice, chooseFolder, forgetFolder, refusal } from './choice.ts';
import { Chosen } from './chosen.tsx';
import './own-pictures.css';

/** The part of the form for a folder of one's own pictures, which may be dropped anywhere on the page. */
export const OwnPictures = () => {
  const isOver = useDroppedFolder();
  const { value } = choice;
  return (
    <fieldset class={isOver ? 'own-pictures over' : 'own-pictures'}>
      <legend>Pictures of your own</legend>
      {value.state === 'none' && (
        <p class="muted">
          {isOver
            ? 'Drop the folder to train on its pictures.'
            : 'Drop a folder onto this page that has a folder of pictures for each class, such as cat and dog. They stay on this machine.'}
        </p>
      )}
      {value.state === 'listing' && <p class="muted">Looking through the folder …</p>}
      {value.state === 'decoding' && <Decoding {...value} />}
      {value.state === 'ready' && <Chosen {...value} />}
      <div class="actions">
        <FolderButton isFirst={value.state === 'none'} />
        {value.state !== 'none' && (
          <button type="button" class="button small" onClick={forgetFolder}>
            {value.state === 'ready' ? 'Without them' : 'Cancel'}
          </button>
        )}
      </div>
      <ErrorMessage message={refusal.value} />
    </fieldset>
  );
};

const Decoding = ({ folder, progress }: Extract<Choice, { readonly state: 'decoding' }>) => (
  <label class="decoding">
    <span>
      {`Decoding ${count(folder.files.length)} pictures of ${folder.title}`}
      {progress.skipped > 0 && `, ${count(progress.skipped)} skipped`}
    </span>
    <progress max={progress.total} value={progress.done} />
  </label>
);

const FolderButton = ({ isFirst }: { readonly isFirst: boolean }) => (
  <label class="button small">
    {isFirst ? 'Choose a folder' : 'Choose another folder'}
    <input
      type="file"
      class="hidden"
      // The types of Preact do not know it.
      {...{ webkitdirectory: true }}
      onChange={({ currentTarget }) => {
        const files = [...(currentTarget.files ?? [])];
        // The same folder may be chosen again.
        currentTarget.value = '';
        if (files.length > 0) void chooseFolder(files);
      }}
    />
  </label>
);

/** Takes what is dropped on the page, unless it is the archive of a run. @returns Whether something is held over it. */
const useDroppedFolder = (): boolean => {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const enter = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes('Files')) setOver(true);
    };
    const leave = (event: DragEvent): void => {
      // To the outside of the window.
      if (event.relatedTarget === null) setOver(false);
    };
    const take = (event: DragEvent): void => {
      setOver(false);
      const { dataTransfer } = event;
      if (!dataTransfer?.types.includes('Files') || [...dataTransfer.files].some(isOfRuns)) return;
      event.preventDefault();
      void chooseFolder(dataTransfer);
    };
    addEventListener('dragenter', enter);
    addEventListener('dragleave', leave);
    // Before the page around, which takes no folders.
    addEventListener('drop', take, { capture: true });
    return () => {
      removeEventListener('dragenter', enter);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', take, { capture: true });
    };
  }, []);
  return isOver;
};
