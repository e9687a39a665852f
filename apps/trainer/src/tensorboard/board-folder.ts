import { ConfigError } from '@dropout-lab/contracts';
import { makeFolder, systemErrorSentence } from '@dropout-lab/files/node';

/** Makes the folder of event files, before anything is trained. @throws ConfigError when it cannot be written. */
export const requireBoardFolder = async (folder: string): Promise<void> => {
  await makeFolder(folder).catch((cause) => {
    throw new ConfigError(
      systemErrorSentence(cause, `--tensorboard ${folder}`, 'a folder to write to', 'choose another place'),
      [],
      { cause },
    );
  });
};
