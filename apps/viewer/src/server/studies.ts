import { lstat, readdir, realpath } from 'node:fs/promises';
import { dirname, join, posix, resolve } from 'node:path';
import { type RunManifest, runConfigIdentity } from '@dropout-lab/contracts';
import { readRegularFile } from '@dropout-lab/files/node';
import { MOST_STUDY_BYTES, parseStudy, readStudyRecord, STUDY_RECORD, type Study } from '@dropout-lab/study';
import { type CorruptRun, isCorrupt, type RunDigest } from '../shared/runs/catalogue.ts';
import type { StudyInfo } from '../shared/runs/studies.ts';
import { type FileInParts, isServable, openConfined, signatureOf } from './confined.ts';

/** Follows the studies that were run in the folders of some runs, which remember them. */
interface StudiesFollower {
  /** Looks at the records again. A damaged one is none: the runs have names without it. */
  look(runs: readonly (RunDigest | CorruptRun)[]): Promise<readonly StudyInfo[]>;
}

/**
 * Follows the studies of a folder of runs.
 *
 * @param root The folder's real path.
 * @param reportsFolder The folder of the folders of reports.
 */
export const followStudies = (root: string, reportsFolder: string): StudiesFollower => {
  const known = new Map<string, { readonly signature: string; readonly arms: Arms | undefined }>();

  const armsIn = async (file: string): Promise<Arms | undefined> => {
    const path = join(root, file);
    const signature = await lstat(path).then(signatureOf, () => 'none');
    const before = known.get(file);
    if (before?.signature === signature) return before.arms;
    const arms = await readArms(root, path).catch(() => undefined);
    known.set(file, { signature, arms });
    return arms;
  };

  return {
    look: async (runs) => {
      const digests = runs.filter((run): run is RunDigest => !isCorrupt(run));
      const studies: StudyInfo[] = [];
      for (const folder of new Set(digests.map(({ name }) => folderOf(name)))) {
        const files = await readdir(join(root, folder)).catch(() => []);
        const own = digests.filter(({ name }) => folderOf(name) === folder);
        for (const file of files.filter((name) => name.endsWith(STUDY_RECORD)).sort()) {
          const arms = await armsIn(posix.join(folder, file));
          const study = arms && studyOf(arms, folder, own);
          if (study) studies.push({ ...study, hasReport: await hasReport(reportsFolder, study.name) });
        }
      }
      return studies;
    },
  };
};

/** A study, and the place of each arm by its configuration without a seed. */
interface Arms {
  readonly study: Study;
  readonly places: ReadonlyMap<string, number>;
}

const readArms = async (root: string, path: string): Promise<Arms> => {
  const { bytes } = await readRegularFile(path, { within: root, limit: MOST_STUDY_BYTES });
  const study = parseStudy(readStudyRecord(bytes.toString(), path), path);
  return { study, places: new Map(study.arms.map(({ config }, i) => [identityOf(config), i])) };
};

const studyOf = (
  { study: { name, title, arms }, places }: Arms,
  folder: string,
  runs: readonly RunDigest[],
): Omit<StudyInfo, 'hasReport'> | undefined => {
  const byArm = arms.map(({ title }) => ({ title, runs: [] as string[] }));
  for (const { name, manifest } of runs) {
    const place = places.get(identityOfRun(manifest));
    if (place !== undefined) byArm[place]!.runs.push(name);
  }
  const trained = byArm.filter((arm) => arm.runs.length > 0);
  return trained.length === 0 ? undefined : { name, title, folder, arms: trained };
};

const identityOf = (config: RunManifest['config']): string => runConfigIdentity({ ...config, seed: 0 });

const identities = new WeakMap<RunManifest, string>();

const identityOfRun = (manifest: RunManifest): string => {
  const identity = identities.get(manifest) ?? identityOf(manifest.config);
  identities.set(manifest, identity);
  return identity;
};

/** Returns the folder of a run, relative to the root: empty for the root itself. */
const folderOf = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf('/')));

/** Returns the place of reports that the command makes where the runs are. */
export const reportsBeside = (root: string): string => join(dirname(root), 'reports');

/** The page of a report, which needs nothing else. */
const REPORT_FILE = 'index.html';

/** Returns the real path of the folder of reports, and the path of a study's page in it. */
const placeOf = async (folder: string, study: string): Promise<readonly [root: string, path: string]> => {
  const root = await realpath(folder).catch(() => resolve(folder));
  return [root, join(root, study, REPORT_FILE)];
};

const hasReport = async (folder: string, study: string): Promise<boolean> =>
  isServable(...(await placeOf(folder, study)));

/** Opens the page of a study's report; undefined where there is none. */
export const openReport = async (folder: string, study: string): Promise<FileInParts | undefined> =>
  openConfined(...(await placeOf(folder, study)));
