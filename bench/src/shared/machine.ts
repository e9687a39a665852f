import { loadavg } from 'node:os';
import { describeHardware, type StartedBackend } from '@dropout-lab/backend/node';
import { hardwareInWords } from '@dropout-lab/contracts';
import { describeCommit } from '../../../scripts/describe-commit.mjs';

/** Describes the machine, the backend and the commit of a measurement. */
export const describeMachine = async (backend?: StartedBackend): Promise<string> =>
  [
    `machine   ${hardwareInWords(describeHardware())}; load ${loadavg()[0]!.toFixed(1)} at the start`,
    ...(backend ? describeBackend(backend) : []),
    `commit    ${await describeCommit()}`,
  ].join('\n');

const describeBackend = ({ description, versions }: StartedBackend): string[] => [
  `backend   ${description}`,
  `versions  ${Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')}`,
];
