import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

const inShell = (line: string): Promise<{ readonly code: number; readonly output: string }> =>
  new Promise((done) => {
    const command = line.replace('dropout-lab', `'${process.execPath}' '${cli}'`);
    execFile('/bin/sh', ['-c', command], (error, stdout, stderr) =>
      done({ code: error === null ? 0 : Number(error.code), output: `${stdout}${stderr}` }),
    );
  });

// A device that every write to fails on, as on a full disk.
describe.runIf(process.platform === 'linux')('output that cannot be written is no defect', () => {
  const full =
    /^dropout-lab: stdout: expected to write the output, but the system says "no space left on device" \(ENOSPC\); send it elsewhere\n$/;
  test.each([
    ['dropout-lab study list > /dev/full', 1, full],
    ['dropout-lab --help > /dev/full', 1, full],
    ['dropout-lab train --help > /dev/full', 1, full],
    ['dropout-lab study list 2> /dev/full', 0, /\w/],
    ['dropout-lab train --epochs 2> /dev/full', 2, /^$/],
    ['dropout-lab train --epochs x 2> /dev/full', 2, /^$/],
    ['dropout-lab train --epochs x > /dev/full', 2, /^dropout-lab: run configuration: epochs: /],
  ])('%s', async (line, code, output) => {
    expect(await inShell(line)).toEqual({ code, output: expect.stringMatching(output) });
  });
});
