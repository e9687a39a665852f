import { execFileSync } from 'node:child_process';
import { describeHardware } from '@dropout-lab/backend/node';

/** A Markdown table of what the figures of a document are figures of. */
export const provenanceTable = (
  command: string,
  versions: Readonly<Record<string, string>>,
  more: readonly (readonly [string, string])[] = [],
): string => {
  const { cpu, cores, memoryBytes, platform } = describeHardware();
  const listed = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const rows = [
    ['machine', `${cpu}, ${cores} cores, ${Math.round(memoryBytes / 2 ** 30)} GiB, ${platform}`],
    ['versions', listed.join(', ')],
    ['commit', describeCommit()],
    ['command', `\`${command}\``],
    ...more,
  ];
  return ['| | |', '| --- | --- |', ...rows.map((cells) => `| ${cells.join(' | ')} |`)].join('\n');
};

const describeCommit = (): string => {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim();
  } catch {
    return 'not in a checkout';
  }
};
