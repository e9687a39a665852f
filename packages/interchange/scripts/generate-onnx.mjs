// Writes src/onnx/onnx_pb.ts from proto/onnx.proto, which is that of the Python package onnx 1.19.1:
//
//     node packages/interchange/scripts/generate-onnx.mjs
//
// npx fetches Buf's compiler and its generator; neither is a dependency, since the file is committed.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('..', import.meta.url));
const made = mkdtempSync(join(tmpdir(), 'onnx-'));
const image = join(made, 'onnx.binpb');
const template = {
  version: 'v2',
  plugins: [
    { local: 'protoc-gen-es', out: join(folder, 'src', 'onnx'), opt: ['target=ts', 'import_extension=ts'] },
  ],
};
const npx = (...args) =>
  execFileSync(
    'npx',
    ['--yes', '--package=@bufbuild/buf@1.75.0', '--package=@bufbuild/protoc-gen-es@2.17.0', 'buf', ...args],
    { stdio: 'inherit', cwd: folder },
  );
try {
  // Without the comments of the source, which are four fifths of it.
  npx('build', 'proto', '--exclude-source-info', '--output', image);
  npx('generate', image, '--template', JSON.stringify(template));
} finally {
  rmSync(made, { recursive: true });
}
