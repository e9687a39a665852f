import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { exitCodeOf, messageOf } from './failure.ts';
import { createProgram } from './program.ts';

/** Has a folder for each test, which stays as it is, beside the files that are tried. */
let folder: string;
beforeAll(async () => {
  folder = temporaryFolder();
});

/** More images than there are: refused when everything else has been accepted, before anything is fetched or written. */
const tooMany = '--limit-test 99999999';
const accepted = /^dropout-lab: run configuration: limitTest: expected at most \d+ images, received 99999999/;

/** Words of a command line; FILES is the folder of the files that are tried, PLACE a new one. */
const outcomeOf = async (line: string): Promise<{ code: number; message: string }> => {
  const place = await mkdtemp(join(folder, 'place-'));
  const words = line.split(' ').map((word) => word.replace('FILES', folder).replace('PLACE', place));
  const written: string[] = [];
  // Commander writes its own message.
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  try {
    const code = await createProgram(new AbortController().signal)(words);
    return { code, message: written.join('') };
  } catch (error) {
    const message = written.length > 0 ? written[0]!.trim() : messageOf(error);
    return {
      code: exitCodeOf(error, { isInterrupted: false }),
      message: message.replaceAll(`${folder}/`, ''),
    };
  } finally {
    spy.mockRestore();
    expect(await readdir(place)).toEqual([]);
  }
};

const isRefused = async (line: string, message: string | RegExp): Promise<void> => {
  const outcome = await outcomeOf(line);
  expect(outcome.message).toMatch(message);
  expect(outcome.message).not.toMatch(/\n/);
  expect(outcome.message.length).toBeLessThan(700);
  expect(outcome.code).toBe(2);
};

describe('a text of an editor is read, or refused by its encoding', () => {
  const configuration = '{"epochs": 5}';
  const study =
    '{"name": "a", "title": "été", "arms": {"a": {"title": "a", "changes": {"limitTest": 99999999}}}}';
  const encodings: Readonly<Record<string, (text: string) => Uint8Array>> = {
    mark: (text) => Buffer.from(`\uFEFF${text}`),
    utf16le: (text) => Buffer.from(`\uFEFF${text}`, 'utf16le'),
    utf16be: (text) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16(),
    latin1: (text) => Buffer.from(`${text} `.replace('5', '5, "été": 1'), 'latin1'),
  };
  beforeAll(async () => {
    for (const [name, encode] of Object.entries(encodings)) {
      await writeFile(join(folder, `config-${name}.json`), encode(configuration));
      await writeFile(join(folder, `study-${name}.json`), encode(study));
      await writeFile(join(folder, `study-${name}.ts`), encode(`/* é */ export default ${study}`));
    }
  });

  test.each([
    [`train --config FILES/config-mark.json ${tooMany}`, accepted],
    [
      'study run FILES/study-mark.json --store PLACE/x',
      /^dropout-lab: study-mark\.json: arms\.a: limitTest: /,
    ],
    ['study run FILES/study-mark.ts --store PLACE/x', /^dropout-lab: study-mark\.ts: arms\.a: limitTest: /],
    [
      `sweep --dropout 0,0.5 --store PLACE/x --config FILES/config-mark.json ${tooMany}`,
      /^dropout-lab: sweep-dropout: arms\.dropout-0: limitTest: /,
    ],
  ])('%s: read', (line, message) => isRefused(line, message));

  const refused = [
    ['utf16le', 'UTF-16 (little-endian)'],
    ['utf16be', 'UTF-16 (big-endian)'],
    ['latin1', 'not UTF-8'],
  ] as const;
  test.each(
    refused.flatMap(([name, encoding]) =>
      [
        `train --config FILES/config-${name}.json`,
        `sweep --dropout 0,0.5 --store PLACE/x --config FILES/config-${name}.json`,
        `import FILES/none.h5 --run-dir PLACE/x --config FILES/config-${name}.json`,
        `study run FILES/study-${name}.json --store PLACE/x`,
        `study status FILES/study-${name}.json --store PLACE/x`,
        `study run FILES/study-${name}.ts --store PLACE/x`,
      ].map((line) => [line, encoding] as const),
    ),
  )('%s: %s', (line, encoding) =>
    isRefused(
      line,
      new RegExp(
        `expected a file that can be read, but its text is ${encoding.replaceAll(/[()]/g, '\\$&')}; save it as UTF-8$`,
      ),
    ),
  );
});

describe('characters that look like a space or like nothing are written as escapes', () => {
  const texts: Readonly<Record<string, [string, RegExp]>> = {
    marks: ['\uFEFF\uFEFF{"epochs": 5}', /; character 1 is \\u\{feff\}: remove it$/],
    space: ['{"epochs":\u00A05}', /; character 11 is \\u\{a0\}: remove it$/],
    nothing: ['{"epochs"\u200B: 5}', /; character 10 is \\u\{200b\}: remove it$/],
    hyphen: ['\u00AD{"epochs": 5}', /; character 1 is \\u\{ad\}: remove it$/],
    filler: ['{"a\\"\u00A0": 1, "epochs": 5 \u3164}', /; character 25 is \\u\{3164\}: remove it$/],
    string: ['{"\u00A0": 1, epochs: 5}', /expected JSON: .*JSON at position 9( \(line 1 column 10\))?$/],
    end: ['{"epochs": 5}\u0000', /Unexpected non-whitespace character after JSON/],
  };
  beforeAll(async () => {
    for (const [name, [text]] of Object.entries(texts))
      await writeFile(join(folder, `unseen-${name}.json`), text);
  });

  test.each(Object.entries(texts).map(([name, [, shown]]) => [name, shown] as const))(
    '%s: %s',
    async (name, shown) => {
      const line = `train --config FILES/unseen-${name}.json ${tooMany}`;
      await isRefused(line, /^dropout-lab: --config unseen-\w+\.json: expected JSON: /);
      await isRefused(line, shown);
      expect((await outcomeOf(line)).message).not.toMatch(/(?! )[\p{Zs}\p{Cf}\u3164]/u);
    },
  );
});

describe('a place that cannot be is refused before a backend is measured', () => {
  beforeAll(async () => {
    await mkdir(join(folder, 'taken'));
    await writeFile(join(folder, 'taken', 'notes.txt'), 'mine');
    await mkdir(join(folder, 'free'));
    await writeFile(join(folder, 'some-file'), '');
    await symlink('nowhere', join(folder, 'dangling'));
    for (const name of ['short', 'piped']) {
      await mkdir(join(folder, `images-${name}`));
      for (const batch of [1, 2, 3, 4, 5]) {
        const file = join(folder, `images-${name}`, `data_batch_${batch}.bin`);
        await writeFile(file, '');
        await truncate(file, 30_730_000);
      }
    }
    await writeFile(join(folder, 'images-short', 'test_batch.bin'), 'x');
    await mkdir(join(folder, 'images-piped', 'test_batch.bin'));
  });

  const images = [
    [
      'no-images',
      'data_batch_1\\.bin: expected a file of CIFAR-10 with 30730000 bytes, found none: give the',
    ],
    [
      'some-file',
      'data_batch_1\\.bin: expected a file of CIFAR-10 with 30730000 bytes, found none: give the',
    ],
    ['taken', 'data_batch_1\\.bin: expected a file of CIFAR-10 with 30730000 bytes, found none: give the'],
    [
      'images-short',
      'test_batch\\.bin: expected a file of CIFAR-10 with 30730000 bytes, found 1 bytes: give',
    ],
    [
      'images-piped',
      'test_batch\\.bin: expected a file of CIFAR-10 .*, found something that is not a file: give',
    ],
  ] as const;
  test.each([
    ['train --run-dir FILES/taken', /^dropout-lab: taken: expected no such folder yet, but it exists; /],
    ['train --run-dir FILES/some-file', /: some-file: expected no such folder yet, but it exists; /],
    ['train --run-dir FILES/dangling', /: dangling: expected no such folder yet, but it exists; /],
    [
      'train --run-dir FILES/some-file/a/b',
      /: --run-dir some-file\/a\/b: expected to make a folder for the run, but the system says "not a directory"/,
    ],
    [
      'train --dataset cifar100 --data-dir FILES/images-short',
      /train\.bin: expected a file of CIFAR-100 with 153700000 bytes, found none: give the folder that cifar-100/,
    ],
    ...(process.platform === 'linux'
      ? ['train', 'import FILES/none.h5'].map((line): [string, RegExp] => [
          `${line} --run-dir /proc/x/y`,
          /: --run-dir \/proc\/x\/y: expected to make a folder for the run, but the system says "no such file or directory"/,
        ])
      : []),
    [
      'import FILES/none.h5 --run-dir FILES/taken',
      /^dropout-lab: taken: expected no such folder yet, but it exists; /,
    ],
    ...images.flatMap(([name, message]) =>
      [
        'train --run-dir PLACE/x',
        'study run tutorial --store PLACE/x',
        'sweep --dropout 0,0.5 --store PLACE/x',
      ].map((line): [string, RegExp] => [`${line} --data-dir FILES/${name}`, new RegExp(message)]),
    ),
  ])('%s: %s', (line, message) => isRefused(line, message));
});

describe('a configuration, study or setting with a key twice is refused, with the lines', () => {
  const arms = '"arms": {"a": {"title": "a"}, "b": {"title": "b", "changes": {"epochs": 2}}}';
  const files: Readonly<Record<string, [text: string, found: string]>> = {
    setting: ['{\n"epochs": 5,\n"seed": 1,\n"epochs": 6}', '"epochs" in line 2 and in line 4'],
    inner: ['{"optimizer": {"name": "sgd", "name": "adam"}}', '"name" twice in line 1'],
    spelling: ['{"seed": 1, "\\u0073eed": 2}', '"seed" twice in line 1'],
    schema: ['{"$schema": "x",\n"$schema": "y"}', '"$schema" in line 1 and in line 2'],
  };
  const studies: typeof files = {
    arms: [`{"name": "a", "title": "a", ${arms},\n${arms}}`, '"arms" in line 1 and in line 2'],
    arm: [`{"name": "a", "title": "a", ${arms.replace('"b"', '"a"')}}`, '"a" twice in line 1'],
    title: [`{"name": "a", "title": "a", ${arms},\n"title": "b"}`, '"title" in line 1 and in line 2'],
  };
  beforeAll(async () => {
    await mkdir(join(folder, 'twice'));
    for (const [name, [text]] of Object.entries({ ...files, ...studies }))
      await writeFile(join(folder, 'twice', `${name}.json`), text);
    await mkdir(join(folder, 'store-twice'));
    await writeFile(join(folder, 'store-twice', 'known.study.json'), '{"study": {},\n"study": {}}');
  });

  test.each([
    ...Object.entries(files).flatMap(([name, [, found]]) =>
      [
        `train --config FILES/twice/${name}.json`,
        `sweep --dropout 0,0.5 --store PLACE/x --config FILES/twice/${name}.json`,
        `import FILES/x.h5 --run-dir PLACE/x --config FILES/twice/${name}.json`,
      ].map((line) => [line, found] as const),
    ),
    ...Object.entries(studies).flatMap(([name, [, found]]) =>
      [
        `study run FILES/twice/${name}.json --store PLACE/x`,
        `study status FILES/twice/${name}.json --store PLACE/x`,
      ].map((line) => [line, found] as const),
    ),
    ['study status known --store FILES/store-twice', '"study" in line 1 and in line 2'],
    ['train --set optimizer={"name":"sgd","name":"adam"}', '"name" twice in line 1'],
    [
      'train --set callbacks=[{"name":"early_stopping","patience":1,"patience":2}]',
      '"patience" twice in line 1',
    ],
    ['sweep --store PLACE/x --dropout 0,0.5 --set optimizer={"name":"sgd","name":"adam"}', '"name" twice'],
    ['sweep --store PLACE/x --set optimizer=[{"name":"sgd"},{"name":"adam","name":"sgd"}]', '"name" twice'],
  ] as [string, string][])('%s: %s', async (line, found) => {
    const { message } = await outcomeOf(line);
    expect(message).toContain(`expected each key of an object once, found ${found}`);
    await isRefused(line, /: remove one/);
  });
});

describe.runIf(process.platform !== 'win32')(
  'what is no file of a sensible length is neither waited for nor read',
  () => {
    beforeAll(async () => {
      for (const kind of ['json', 'ts', 'h5', 'png']) {
        execFileSync('mkfifo', [join(folder, `pipe.${kind}`)]);
        await symlink('/dev/zero', join(folder, `zero.${kind}`));
        await mkdir(join(folder, `folder.${kind}`));
        await symlink(`loop.${kind}`, join(folder, `loop.${kind}`));
        await writeFile(join(folder, `long.${kind}`), '');
        await truncate(join(folder, `long.${kind}`), 3 * 2 ** 30);
      }
      for (const kind of ['pipe', 'zero', 'folder', 'loop', 'long']) {
        await mkdir(join(folder, `store-${kind}`));
        await symlink(join(folder, `${kind}.json`), join(folder, `store-${kind}`, 'known.study.json'));
      }
    });

    const kinds = [
      ['pipe', 'it is a named pipe; put a regular file in its place$'],
      ['zero', 'it is a device; put a regular file in its place$'],
      ['folder', 'it is a folder; put a regular file in its place$'],
      ['loop', 'the system says "too many symbolic links encountered" (ELOOP); '],
      ['long', 'it has 3221225472 bytes, and the limit is \\d+; put a shorter one in its place$'],
      ['none', 'the system says "no such file or directory" (ENOENT); '],
    ] as const;
    test.each(
      kinds.flatMap(([kind, words]) =>
        [
          `train --config FILES/${kind}.json`,
          `sweep --dropout 0,0.5 --store PLACE/x --config FILES/${kind}.json`,
          `import FILES/x.h5 --run-dir PLACE/x --config FILES/${kind}.json`,
          `import FILES/${kind}.h5 --run-dir PLACE/x`,
          `study run FILES/${kind}.json --store PLACE/x`,
          `study status FILES/${kind}.ts --store PLACE/x`,
        ].map((line) => [line, words] as const),
      ),
    )('%s: %s', (line, words) =>
      isRefused(line, new RegExp(`: expected .*, but ${words.replaceAll(/[()]/g, '\\$&')}`)),
    );

    test.each(kinds.filter(([kind]) => kind !== 'none'))(
      'study status known, whose record is %s',
      (kind, words) =>
        isRefused(
          `study status known --store FILES/store-${kind}`,
          new RegExp(
            `: expected the study as it was run, but ${words.replaceAll(/[()]/g, '\\$&').replace(/; .*/, '')}; give the file of the study instead, or remove this one$`,
          ),
        ),
    );
  },
);

describe.runIf(process.platform !== 'win32')(
  'a place that could not be written is refused before anything is read, and stays as it is',
  () => {
    /** Makes what is in the way. */
    const made: Readonly<Record<string, (path: string) => unknown>> = {
      pipe: (path) => execFileSync('mkfifo', [path]),
      device: (path) => symlink('/dev/null', path),
      nothing: (path) => symlink('nowhere', path),
      loop: (path) => symlink(basename(path), path),
      file: (path) => writeFile(path, 'mine'),
      folder: async (path) => {
        await mkdir(path);
        await writeFile(join(path, 'notes'), 'mine');
      },
    };
    const found: Readonly<Record<string, string>> = {
      pipe: '(it is|found) a named pipe; ',
      device: '(it is|found) a device; ',
      nothing: 'it is a symbolic link to nothing; ',
      loop: 'the system says "too many symbolic links encountered" \\(ELOOP\\)',
      below: 'the system says "not a directory" \\(ENOTDIR\\)|found a path below a file',
      proc: 'the system says "no such file or directory" \\(ENOENT\\)',
    };
    const kinds = Object.keys(found).filter((kind) => kind !== 'proc' || process.platform === 'linux');
    const files: [line: string, end: string, expected: string][] = [
      ...['.onnx', '.keras', '.weights.h5', '.safetensors'].map((end): [string, string, string] => [
        'export FILES/no-run-at-all --output',
        end,
        '--output \\S+: expected to write a file',
      ]),
      ['evaluate FILES/no-run-at-all --chart', '.svg', '--chart \\S+: expected to write a file'],
    ];
    const folders: typeof files = [
      ...['web', 'hub', 'tensorboard'].map((format): [string, string, string] => [
        `export FILES/no-run-at-all --format ${format} --output`,
        '',
        '--output \\S+: expected an empty folder or none',
      ]),
      ...['cifar', 'folder', 'parquet'].map((format): [string, string, string] => [
        `data export FILES/no-run-at-all --format ${format} --to`,
        '',
        '--to \\S+: expected an empty folder or none',
      ]),
      ['report tutorial --store FILES/places --output', '', 'expected to write a report here'],
      [
        'train --images FILES/no-run-at-all --tensorboard',
        '',
        '--tensorboard \\S+: expected a folder to write to',
      ],
      ['study run tutorial --store', '', '--store \\S+: expected a folder|expected the study as it was run'],
      ['sweep --dropout 0,0.5 --store', '', '--store \\S+: expected a folder'],
      ['view FILES/places --export', '', 'expected (to write an export|an empty folder or none)'],
    ];
    const pathOf = (kind: string, end: string): string => {
      if (kind === 'proc') return `/proc/none/below${end}`;
      return `FILES/places/${kind === 'below' ? `file${end}/below` : kind}${end}`;
    };
    beforeAll(async () => {
      await mkdir(join(folder, 'places'));
      for (const end of new Set([...files, ...folders].map(([, end]) => end)))
        for (const [kind, make] of Object.entries(made)) await make(join(folder, 'places', `${kind}${end}`));
    });
    const cases = (lines: typeof files, other: string, words: string) => [
      ...lines.flatMap(([line, end, expected]) =>
        kinds.map((kind) => [`${line} ${pathOf(kind, end)}`, expected, found[kind]!] as const),
      ),
      ...lines.map(([line, end, expected]) => [`${line} ${pathOf(other, end)}`, expected, words] as const),
    ];

    test.each([
      ...cases(files, 'folder', 'it is a folder; choose another place$'),
      ...cases(folders, 'file', 'it is a file|found a (file|path)|"not a directory"'),
    ])('%s: %s, but %s', async (line, expected, words) => {
      const before = await readdir(join(folder, 'places'), { recursive: true });
      await isRefused(line, new RegExp(expected));
      expect((await outcomeOf(line)).message).toMatch(new RegExp(words));
      expect(await readdir(join(folder, 'places'), { recursive: true })).toEqual(before);
    });
  },
);

describe("a model's file is read when it begins as one, and is no longer than one can be", () => {
  const beginnings: Readonly<Record<string, Uint8Array>> = {
    nothing: Buffer.alloc(0),
    zeros: Buffer.alloc(64),
    text: Buffer.from('{"model": 1}'),
    hdf5: Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'),
    zip: Buffer.from('PK\x03\x04'),
    safetensors: Buffer.from('\x10\0\0\0\0\0\0\0{}', 'latin1'),
  };
  const long = 1_900_000_000;
  beforeAll(async () => {
    await mkdir(join(folder, 'models'));
    await writeFile(join(folder, 'models', 'model.json'), '{"model": {"filters": [4], "units": [8]}}');
    for (const [name, bytes] of Object.entries(beginnings)) {
      await writeFile(join(folder, 'models', name), bytes);
      await truncate(join(folder, 'models', name), name === 'nothing' ? 0 : long);
    }
  });

  const none =
    'expected a .weights.h5 or .keras file of Keras 3, a .safetensors file, or a model.json of TensorFlow.js, found \\d+ bytes that';
  const most = (bytes: string) =>
    `expected a file of at most ${bytes} bytes, .* found ${long}: describe the model`;
  test.each([
    ...['nothing', 'zeros'].flatMap((name) => [
      [`import FILES/models/${name} --run-dir PLACE/x`, none],
      [`import FILES/models/${name} --config FILES/models/model.json --run-dir PLACE/x`, none],
    ]),
    ['import FILES/models/text --run-dir PLACE/x', `a model.json of at most ${2 ** 24} bytes, found ${long}`],
    // 5 arrays of float32: of conv 3x3x3x4 and 4, dense 15*15*4x8 and 8, logits 8x10 and 10.
    [
      'import FILES/models/zip --run-dir PLACE/x',
      'found an archive of 1900000000 bytes without its end: copy',
    ],
    ['import FILES/models/safetensors --run-dir PLACE/x', most(String(2 ** 30 + 2 ** 24 + 8))],
    ...['hdf5', 'safetensors'].map((name) => [
      `import FILES/models/${name} --config FILES/models/model.json --run-dir PLACE/x`,
      most(String(2 ** 24 + 20 * (108 + 4 + 7200 + 8 + 80 + 10))),
    ]),
    ['import FILES/models/hdf5 --run-dir PLACE/x', most('\\d+')],
  ] as [string, string][])('%s: %s', async (line, message) => {
    const before = process.memoryUsage().rss;
    await isRefused(line, new RegExp(message));
    expect(process.memoryUsage().rss - before).toBeLessThan(long / 2);
  });
});

describe('what is no run, or no store of runs, is refused', () => {
  /** Makes what stands in a run's place. */
  const made: Readonly<Record<string, (run: string) => unknown>> = {
    'no-run': () => {},
    'no-run/below': () => {},
    'empty-run': (run) => mkdir(run),
    'file-run': (run) => writeFile(run, ''),
    'file-run/below': () => {},
    'other-run': async (run) => {
      await mkdir(join(run, 'checkpoints', 'last'), { recursive: true });
      await writeFile(join(run, 'events.jsonl'), '');
    },
    'folder-run': (run) => mkdir(join(run, 'run.json'), { recursive: true }),
    'nothing-run': (run) => writeIn(run, ''),
    'text-run': (run) => writeIn(run, 'hello'),
    'object-run': (run) => writeIn(run, '{}'),
    ...(process.platform !== 'win32' && {
      'pipe-run': async (run: string) => {
        await mkdir(run);
        execFileSync('mkfifo', [join(run, 'run.json')]);
      },
      'loop-run': async (run: string) => {
        await mkdir(run);
        await symlink('run.json', join(run, 'run.json'));
      },
    }),
  };
  const words: Readonly<Record<string, string>> = {
    'no-run': 'expected a run directory, found nothing there; give the path that the run printed, or',
    'no-run/below': 'expected a run directory, found nothing there;',
    'empty-run': 'expected a run directory, found no run.json in it;',
    'file-run': 'expected a run directory, found no folder;',
    'file-run/below': 'expected a run directory, found nothing there;',
    'other-run': 'expected a run directory, found no run.json in it;',
    'folder-run': 'expected a file that can be read, but it is a folder; put a regular file in its place',
    'nothing-run': 'expected JSON, found 0 characters that are not JSON; restore the file from a copy',
    'text-run': 'expected JSON, found 5 characters that are not JSON; restore the file from a copy',
    'object-run': 'schemaVersion: expected',
    'pipe-run': 'expected a file that can be read, but it is a named pipe; put a regular file in its place',
    'loop-run': 'expected a file that can be read, but the system says "too many symbolic links encountered"',
  };
  const writeIn = async (run: string, manifest: string) => {
    await mkdir(run);
    await writeFile(join(run, 'run.json'), manifest);
  };
  beforeAll(async () => {
    for (const [name, make] of Object.entries(made)) await make(join(folder, name));
  });

  test.each(
    Object.keys(made).flatMap((name) =>
      [
        `train --resume FILES/${name}`,
        `train --resume FILES/${name} --epochs 90`,
        `evaluate FILES/${name}`,
        `predict FILES/${name} FILES/none.png`,
        `export FILES/${name} --output PLACE/x.weights.h5`,
      ].map((line) => [line, words[name]!] as const),
    ),
  )('%s: %s', async (line, message) => {
    const name = /FILES\/(\S+-run\S*)/.exec(line)![1]!;
    const before = await readdir(join(folder, name)).catch(() => 'none');
    await isRefused(line, message);
    expect(await readdir(join(folder, name)).catch(() => 'none')).toEqual(before);
  });

  const stores = [
    ['no-run', 'found none; give the folder that the study was run in, or run it first'],
    ['file-run', 'found a file; give the folder'],
    ['file-run/below', 'found a path below a file; give the folder'],
  ] as const;
  test.each(
    stores.flatMap(([name, message]) =>
      [
        `study status tutorial --store FILES/${name}`,
        `study status tutorial --store FILES/${name} --json`,
        `report tutorial --store FILES/${name} --output PLACE/x`,
        ...(name === 'no-run' ? [] : [`study run tutorial --store FILES/${name}`]),
        ...(name === 'no-run' ? [] : [`sweep --dropout 0,0.5 --store FILES/${name}`]),
      ].map((line) => [line, message] as const),
    ),
  )('%s: %s', (line, message) => isRefused(line, `expected a folder of runs, ${message}`));

  test.each([
    ['view FILES/no-run', 'expected a folder of runs, but the system says "no such file or directory"'],
    ['view FILES/file-run', 'expected a folder of runs, but the system says "not a directory"'],
    ['view FILES/no-run --export PLACE/x', 'expected a folder of runs, but'],
    ['view FILES/file-run --export PLACE/x', 'expected a folder of runs, but'],
    ['import FILES/empty-run --run-dir PLACE/x', 'expected a file that can be read, but it is a folder; put'],
    [
      'import FILES/file-run --run-dir PLACE/x',
      'expected a .weights.h5 or .keras file of Keras 3, a .safetensors file, or a model.json of TensorFlow.js, found 0',
    ],
    ['report FILES/empty-run --output PLACE/x', 'expected a study file (.ts, .js or .json), a study that'],
    ['study status FILES/file-run', 'expected a study file (.ts, .js or .json), a study that'],
    ['study run FILES/other-run --store PLACE/x', 'expected a study file (.ts, .js or .json), a study that'],
  ])('%s: %s', (line, message) => isRefused(line, message));
});

describe('a missing value is a mistake of the command line', () => {
  test.each([
    ['train --run-dir', "option '--run-dir <folder>' argument missing"],
    ['train --run-dir=', "option '--run-dir <folder>' argument missing"],
    ['train --run-dir --json', "option '--run-dir <folder>' argument missing"],
    ['train --resume', "option '--resume <run>' argument missing"],
    ['train --resume=', "option '--resume <run>' argument missing"],
    ['train --resume --json', "option '--resume <run>' argument missing"],
    ['train --config=', "option '--config <file>' argument missing"],
    ['train --data-dir=', "option '--data-dir <folder>' argument missing"],
    ['train --mirror=', "option '--mirror <url...>' argument missing"],
    ['train --mirror http://a --mirror=', "option '--mirror <url...>' argument missing"],
    ['train --dropout=', "option '--dropout <n>' argument missing"],
    ['train --set=', "option '--set <path=value>' argument missing"],
    ['study run tutorial --store=', "option '--store <folder>' argument missing"],
    ['study status tutorial --store --json', "option '--store <folder>' argument missing"],
    ['report tutorial --output=', "option '--output <folder>' argument missing"],
    ['sweep --dropout 0,1 --name=', "option '--name <name>' argument missing"],
    ['view --host=', "option '--host <address>' argument missing"],
    ['view --export=', "option '--export <folder>' argument missing"],
    ['export x --output=', "option '--output <place>' argument missing"],
    ['import x --run-dir=', "option '--run-dir <folder>' argument missing"],
    ['evaluate ', "missing required argument 'run'"],
    ['predict x ', "missing required argument 'image'"],
    ['study run ', "missing required argument 'study'"],
    ['view ', "missing required argument 'runs-dir'"],
  ])('%s', async (line, message) => {
    const outcome = await outcomeOf(line);
    expect(outcome).toMatchObject({ code: 2 });
    expect(outcome.message.split('\n')[0]).toBe(`error: ${message}`);
  });
});

describe('a name of a study leads nowhere else than into its store', () => {
  beforeAll(async () => {
    const study = '{"name": "x", "title": "x", "arms": {"a": {"title": "a"}}}';
    await mkdir(join(folder, 'inside'));
    await writeFile(join(folder, 'x.study.json'), study);
    await writeFile(join(folder, '.study.json'), study);
  });

  test.each([
    '../x',
    './../x',
    '..',
    '.',
    `${'../'.repeat(3)}x`,
    'a/../../x',
    '../',
    '%2e%2e/x',
    'X\\..\\x',
    'x'.repeat(300),
  ])('study status %s', (name) =>
    isRefused(
      `study status ${name} --store FILES/inside`,
      /: expected a study file \(.*\), a study that was run in inside,? /,
    ),
  );
});

describe("a value of a file that cannot be is refused as the file's, whatever comes on top of it", () => {
  const files: Readonly<Record<string, [string, string]>> = {
    sgd: ['{"optimizer": "sgd"}', 'optimizer: expected an object, received "sgd"'],
    list: ['{"optimizer": []}', 'optimizer: expected an object, received \\[\\]'],
    mlp: ['{"model": "mlp"}', 'model: expected an object, received "mlp"'],
    momentum: [
      '{"optimizer": {"momentum": 0.9}}',
      'optimizer.momentum: expected one of the keys .*, received 0.9',
    ],
    epochs: ['{"epochs": "5"}', 'epochs: expected a whole number above 0, received "5"'],
    key: ['{"epoch": 5}', 'epoch: expected one of the keys .*: did you mean "epochs"\\?'],
  };
  const options = [
    'train',
    'train --optimizer sgd --learning-rate 0.1 --dropout 0.1 --epochs 5',
    'train --set optimizer.name=sgd --set model.preset=tutorial --set epochs=5',
    'sweep --store PLACE/x --learning-rate 0.1,0.2',
    'sweep --store PLACE/x --optimizer adam,sgd --dropout 0,0.5 --set epochs=5,6',
    'import FILES/none.h5 --run-dir PLACE/x --dataset cifar100',
  ];
  beforeAll(async () => {
    for (const [name, [text]] of Object.entries(files))
      await writeFile(join(folder, `wrong-${name}.json`), text);
  });

  test.each(
    Object.entries(files).flatMap(([name, [, message]]) =>
      options.map((line) => [`${line} --config FILES/wrong-${name}.json`, message]),
    ),
  )('%s', (line, message) =>
    isRefused(line!, new RegExp(`^dropout-lab: --config wrong-\\w+\\.json: ${message}`)),
  );

  test.each([
    ['train --epochs x --set epochs=5', 'epochs: expected a whole number above 0, received "x"'],
    [
      'train --set callbacks={} --set callbacks.0.name=early_stopping',
      'callbacks: expected a list, received {}',
    ],
    ['train --set optimizer=sgd --learning-rate 0.1', 'optimizer: expected an object, received "sgd"'],
    ['train --set model=mlp --dropout 0.1', 'model: expected an object, received "mlp"'],
  ])('%s', (line, message) => isRefused(line, message));
});

describe('what is larger than anything that is trained is refused at once, with the bound', () => {
  const deep = 200_000;
  const nested: Readonly<Record<string, string>> = {
    list: '['.repeat(deep) + ']'.repeat(deep),
    object: `${'{"model":'.repeat(deep)}1${'}'.repeat(deep)}`,
    layers: `{"model":{"layers":${'[{"kind":"residual","layers":'.repeat(30_000)}[]${'}]'.repeat(30_000)}}}`,
    changes: `{"name":"a","title":"b","arms":{"x":{"title":"y","changes":${'{"model":'.repeat(deep)}1${'}'.repeat(deep + 3)}`,
  };
  beforeAll(async () => {
    for (const [name, text] of Object.entries(nested))
      await writeFile(join(folder, `deep-${name}.json`), text);
    const layers = (count: number) => Array.from({ length: count }, () => ({ kind: 'dropout', rate: 0.1 }));
    const end = [{ kind: 'flatten' }, { kind: 'dense', units: 10 }];
    for (const [name, list] of [
      ['many-layers', [...layers(10_000), ...end]],
      ['many-inner', [{ kind: 'residual', layers: layers(2000) }, ...end]],
    ] as const)
      await writeFile(join(folder, `${name}.json`), JSON.stringify({ model: { layers: list } }));
    const arms = Object.fromEntries(
      Array.from({ length: 1001 }, (_, i) => [`a${i}`, { title: 'a', changes: { seed: i } }]),
    );
    await writeFile(join(folder, 'arms.json'), JSON.stringify({ name: 'a', title: 'b', arms }));
    const seeds = Array.from({ length: 6000 }, (_, i) => i);
    const two = { a: { title: 'a' }, b: { title: 'b', changes: { epochs: 2 } } };
    const config = { batchSize: 40_000, model: { filters: [256, 256] } };
    await writeFile(join(folder, 'batch.json'), JSON.stringify({ name: 'a', title: 'b', arms: two, config }));
    await writeFile(join(folder, 'runs.json'), JSON.stringify({ name: 'a', title: 'b', arms: two, seeds }));
  });

  test.each([
    ...Object.keys(nested)
      .filter((name) => name !== 'layers')
      .flatMap((name): [string, RegExp][] => [
        [
          `study run FILES/deep-${name}.json --store PLACE/x`,
          /: expected at most 100 levels of nesting, received more$/,
        ],
        [
          `train --config FILES/deep-${name}.json`,
          /: (expected at most 100 levels of nesting, received more$|expected .* but it has \d+ bytes, and the limit is 1048576)/,
        ],
      ]),
    ...['many-layers', 'many-inner'].map((name): [string, RegExp] => [
      `train --config FILES/${name}.json`,
      /model spec: layers: expected at most 2000 layers, those within others included, received more: use fewer$/,
    ]),
    ['train --config FILES/deep-layers.json', /: expected at most 100 levels of nesting, received more$/],
    [
      'train --set model.units=[1000000000]',
      /expected a kernel of at most 268435456 weights, received one of \[\d+,1000000000\]/,
    ],
    ['train --set model.filters=[30000,30000]', /expected a kernel of at most 268435456 weights/],
    [
      `train --set model.layers=[{"kind":"conv2d","filters":400000}]`,
      /expected an output of at most 268435456 values, received one of \[30,30,400000\]/,
    ],
    [
      `train --set model.units=[${Array(20).fill(16_000)}]`,
      /dense_1: expected kernels of at most 268435456 weights in all, received \d+ up to this one: use fewer/,
    ],
    [
      `train --set model.layers=[${Array(5).fill('{"kind":"residual","layers":[{"kind":"conv2d","filters":3,"kernelSize":4000,"padding":"same"}]}')}]`,
      /conv2d_1: expected kernels of at most 268435456 weights in all, received 288000000 up to this one/,
    ],
    [
      'train --batch-size 40000 --set model.filters=[256,256]',
      /batchSize: expected at most 8589934592 values in all outputs of the model for a batch, received 40000 images of \d+ values each: use a batchSize of at most \d+/,
    ],
    [
      'study run FILES/batch.json --store PLACE/x',
      /batchSize: expected at most 8589934592 values in all outputs of the model for a batch/,
    ],
    [
      'train --set model.inputShape=[20000,20000,3]',
      /inputShape: expected \[32,32,3\], the images of CIFAR-10/,
    ],
    [
      'train --epochs 1e15',
      /epochs: expected a run of at most 1000000000 steps, received 1000000000000000 epochs/,
    ],
    [
      'train --flip alternate',
      /augmentation\.flip: expected true, false or alternating, received "alternate"/,
    ],
    ['train --flip runs/a', /augmentation\.flip: expected true, false or alternating, received "runs\/a"/],
    [
      'train --drop-remainder --batch-size 40001',
      /batchSize: expected at most 40000, the training images, since dropRemainder leaves a batch of fewer out, received 40001: the nearest is 40000/,
    ],
    ...['train', 'sweep --dropout 0,0.5'].map((command): [string, RegExp] => [
      `${command} --limit-train 1`,
      /validationSplit: expected to leave some of the images \(1\) to train on, received 0\.2, which holds out all/,
    ]),
    [
      'train --validation-split 0.99 --limit-train 50',
      /validationSplit: expected to leave some of the images \(50\) to train on, received 0\.99/,
    ],
    [
      'train --drop-remainder --limit-train 500 --batch-size 401',
      /batchSize: expected at most 400, the training images/,
    ],
    [
      'train --crop-fill mirror',
      /augmentation\.cropFill: expected one of "zeros", "reflect", received "mirror"/,
    ],
    [
      'evaluate PLACE/x --test-time-augmentation twice',
      /option '--test-time-augmentation <name>' argument 'twice' is invalid\. Allowed choices are none, flip, flip_shift/,
    ],
    ['train --epochs 9007199254740993 --batch-size 1', /epochs: expected a/],
    ['study run FILES/arms.json --store PLACE/x', /arms: expected at most 1000 arms, received 1001/],
    [
      'study run FILES/runs.json --store PLACE/x',
      /expected at most 10000 runs, received 2 arms with 6000 seeds each, 12000 runs/,
    ],
    [
      'sweep --dropout 0:1e7:0.1 --store PLACE/x',
      /--dropout: expected at most 1000 values, received 100000001/,
    ],
    ['sweep --dropout 0:1:1e-300 --store PLACE/x', /--dropout: expected at most 1000 values/],
    [
      `sweep --dropout 0:0.9:0.01 --learning-rate 0.001:0.9:0.01 --store PLACE/x`,
      /sweep: arms: expected at most 1000 arms, received 8190/,
    ],
    [
      `sweep --dropout 0:0.9:0.001 --learning-rate 0.001:0.9:0.001 --batch-size 1:900:1 --store PLACE/x`,
      /sweep: arms: expected at most 1000 arms/,
    ],
    [
      'sweep --dropout 0,0.5 --seeds 9000 --store PLACE/x',
      /expected at most 10000 runs, received 2 arms with 9000 seeds each/,
    ],
  ] as [string, RegExp][])('%s', (line, message) => isRefused(line, message));

  test.each([
    ['study run tutorial --seeds 30000000', 'Expected at most 10000 seeds.'],
    [`study run tutorial --seeds ${'1,'.repeat(10_000)}1`, 'Expected at most 10000 seeds.'],
    ['train --workers 100000', 'Expected a whole number from 1 to 1024.'],
    ['study run tutorial --jobs 1e6', 'Expected a whole number from 1 to 1024.'],
    ['worker --queue redis://localhost --jobs 1e6', 'Expected a whole number from 1 to 1024.'],
    ['worker --queue redis://localhost --lease 1e15', 'Expected a whole number from 1 to 86400.'],
    [
      'worker --queue redis://127.0.0.1:99999',
      'expected the address of a Redis server, such as redis://localhost:6379',
    ],
    ['study run tutorial --queue redis://127.0.0.1:99999', 'expected the address of a Redis server'],
    ['study run tutorial --queue redis://[::1', 'expected the address of a Redis server'],
    ['view --port 65536', 'Expected a whole number from 0 to 65535.'],
  ])('%.80s', async (line, message) => {
    const outcome = await outcomeOf(line);
    expect(outcome).toMatchObject({ code: 2, message: expect.stringContaining(message) });
  });
});
