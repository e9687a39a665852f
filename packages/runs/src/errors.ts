import { DropoutLabError } from '@dropout-lab/contracts';

/** A run directory that cannot be made, written or read. */
export class RunDirectoryError extends DropoutLabError {
  override readonly name: string = 'RunDirectoryError';
}

/** A folder that is no run, or a run with a file that is needed and cannot be read. */
export class RunUnreadableError extends RunDirectoryError {
  override readonly name = 'RunUnreadableError';
}

/** A new run was to go where something is already: two runs never share a directory. */
export class RunExistsError extends RunDirectoryError {
  override readonly name = 'RunExistsError';
}

/** A run directory that another process is writing. */
export class RunLockedError extends RunDirectoryError {
  override readonly name = 'RunLockedError';
}

/** A `run.json` that is not as it was written, or not as it was when a checkpoint was trained. */
export class RunChangedError extends RunDirectoryError {
  override readonly name = 'RunChangedError';
}

/** A checkpoint that is not there. */
export class CheckpointMissingError extends RunDirectoryError {
  override readonly name = 'CheckpointMissingError';
}

/** A checkpoint whose files are not as they were written. */
export class CheckpointCorruptError extends RunDirectoryError {
  override readonly name = 'CheckpointCorruptError';

  constructor(
    readonly file: string,
    readonly expected: string,
    readonly found: string,
    options?: ErrorOptions,
  ) {
    super(
      `${file}: expected ${expected}, found ${found}: the checkpoint is damaged; use the run's other checkpoint, or put a copy in its place`,
      options,
    );
  }
}
