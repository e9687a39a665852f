import { execFileSync } from 'node:child_process';
import { loadavg } from 'node:os';
import { describeHardware, type StartedBackend } from '@dropout-lab/backend/node';
import { hardwareInWords } from '@dropout-lab/contracts';

/** Describes the machine, the backend and the commit of a measurement. */
export const describeMachine = (backend?: StartedBackend): string =>
  [
    `machine   ${hardwareInWords(describeHardware())}; load ${loadavg()[0]!.toFixed(1)} at the start`,
    ...(backend ? describeBackend(backend) : []),
    `commit    ${describeCommit()}`,
  ].join('\n');

const describeBackend = ({ description, versions }: StartedBackend): string[] => [
  `backend   ${description}`,
  `versions  ${Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')}`,
];

const describeCommit = (): string => {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim();
  } catch {
    return 'not in a checkout';
  }
};
