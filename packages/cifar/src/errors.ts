import { DropoutLabError, shownAddress } from '@dropout-lab/contracts';

/** The fault of a data file. */
export type CifarFileFault = 'missing' | 'no-file' | 'html' | 'wrong-length' | 'bad-label' | 'altered';

/** A file that is not what the official binary layout, or its known digest, says it must be. */
export class CifarFormatError extends DropoutLabError {
  override readonly name = 'CifarFormatError';

  /** @param file Name or path of the file. */
  constructor(
    readonly file: string,
    readonly fault: CifarFileFault,
    readonly expected: string,
    readonly found: string,
  ) {
    super(`${file}: expected ${expected}, found ${found}`);
  }
}

/** An answer from the network that is not the file that was asked for. */
export class CifarDownloadError extends DropoutLabError {
  override readonly name = 'CifarDownloadError';
  /** Without passwords and tokens. */
  readonly url: string;

  constructor(
    url: string,
    readonly expected: string,
    readonly found: string,
    options?: ErrorOptions,
  ) {
    super(`${shownAddress(url)}: expected ${expected}, found ${found}`, options);
    this.url = shownAddress(url);
  }
}
