import { hardwareInWords, type RunConfig, type RunManifest } from '@dropout-lab/contracts';

/** Where metrics come from: of each thing every value that some run has, most often a single one. */
export interface Provenance {
  readonly commits: readonly string[];
  /** As typed, without where files are. */
  readonly commands: readonly string[];
  readonly backends: readonly string[];
  readonly machines: readonly string[];
  /** `name version`, of all programs that are recorded. */
  readonly versions: readonly string[];
  /** `file: SHA-256`. */
  readonly data: readonly string[];
  readonly images: readonly string[];
  /** ISO 8601, of the first and the last run's start; undefined of no runs. */
  readonly started: { readonly first: string; readonly last: string } | undefined;
}

export const provenanceOf = (manifests: readonly RunManifest[]): Provenance => {
  const all = (of: (manifest: RunManifest) => readonly string[]): string[] => [
    ...new Set(manifests.flatMap(of)),
  ];
  const starts = manifests.map(({ createdAt }) => createdAt).sort();
  return {
    commits: all(({ commit }) => [commit ?? 'not a checkout']),
    commands: all(({ command }) => [['dropout-lab', ...withoutPlaces(command)].join(' ')]),
    backends: all(({ backend: { description, workers } }) => [
      `${description}, ${workers} ${workers === 1 ? 'replica' : 'replicas'}`,
    ]),
    machines: all(({ hardware }) => [hardwareInWords(hardware)]),
    versions: all(({ versions }) => Object.entries(versions).map(([name, version]) => `${name} ${version}`)),
    data: all(({ data: { sha256 } }) => Object.entries(sha256).map(([file, digest]) => `${file}: ${digest}`)),
    images: all(({ data: { dataset, trainImages, validationImages, testImages }, config }) => [
      `${dataset}: ${trainImages} training, ${validationImages} validation, ${testImages} test images${viewsInWords(config)}`,
    ]),
    started: starts.length === 0 ? undefined : { first: starts[0]!, last: starts.at(-1)! },
  };
};

const viewsInWords = ({ testTimeAugmentation }: RunConfig): string =>
  testTimeAugmentation === 'none' ? '' : `, test-time augmentation ${testTimeAugmentation}`;

const places = ['--store', '--run-dir', '--data-dir', '--output'];

/** Where files are on a machine decides no metric, and is nobody else's business. */
const withoutPlaces = (command: readonly string[]): string[] =>
  command.filter(
    (word, i) =>
      !places.some((option) => word === option || word.startsWith(`${option}=`)) &&
      !places.includes(command[i - 1] ?? ''),
  );
