/**
 * `npm run release:rehearse`: rehearses a release and its use from end to end on this machine alone. It publishes the
 * built packages to a registry that it starts, installs and uses them in new folders outside the repository, as the
 * READMEs describe, and then makes and publishes a next version and upgrades to it.
 */
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { launchChromium } from '../../scripts/chromium.mjs';
import { programsOf } from '../../scripts/code-blocks.mjs';
import { run } from '../../scripts/run.mjs';
import { repository } from '../../scripts/spawn-turbo.mjs';
import { entryPointsOf, published } from '../../scripts/workspaces.mjs';
import { startRegistry } from './registry.mjs';

const names = published.map(({ manifest }) => manifest.name);
const temporary = await mkdtemp(join(tmpdir(), 'dropout-lab-rehearsal-'));
const checkout = join(temporary, 'checkout');
const startedAt = Date.now();

/** @param {string} title @param {() => Promise<unknown>} act */
const step = async (title, act) => {
  const begun = Date.now();
  await act();
  console.log(`✓ ${title} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
};

/** @param {string} what @param {unknown} expected @param {unknown} found */
const expectEqual = (what, expected, found) => {
  const [wanted, got] = [expected, found].map((value) => JSON.stringify(value));
  if (wanted !== got) throw new Error(`${what}: expected ${wanted}, found ${got}`);
};

/** A user's project: a fresh folder with its own package.json, outside of any repository. @param {string} name */
const project = async (name) => {
  const folder = join(temporary, 'projects', name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  return folder;
};

/** @param {string} folder @param {...string} args */
const npm = (folder, ...args) => run('npm', args, { cwd: folder });

/** @param {string} folder @param {...string} args */
const node = (folder, ...args) => run(process.execPath, args, { cwd: folder });

/** Returns the installed versions of our packages and of TensorFlow.js, by name: no more than one of each. */
const installedOnce = async (/** @type {string} */ folder) => {
  // Fails when an installed version is not in the range that another package requires.
  await npm(folder, 'ls', '--all');
  const once = [...names, '@tensorflow/tfjs-core', '@tensorflow/tfjs-layers'];
  /** @type {{ name: string, version: string }[]} */
  const found = JSON.parse(await npm(folder, 'query', once.map((name) => `[name="${name}"]`).join(', ')));
  const versions = new Map(found.map(({ name, version }) => [name, version]));
  expectEqual(
    `packages installed in ${folder}`,
    [...versions.keys()].sort(),
    found.map((one) => one.name).sort(),
  );
  return versions;
};

/** @param {string} folder @param {readonly string[]} specs */
const install = async (folder, specs) => {
  await npm(folder, 'install', ...specs);
  return installedOnce(folder);
};

/** @param {...string} path */
const readSource = (...path) => readFile(join(repository, ...path), 'utf8');

/** The packages of a README's first `npm install`. @param {string} text */
const installLine = (text) => text.match(/^ *npm install (?!--)(.+)$/m)?.[1]?.split(/\s+/) ?? [];

/** @param {...string} args */
const changeset = (...args) => run('changeset', args, { cwd: checkout });

const versionOfCommand = async () =>
  JSON.parse(await readFile(join(checkout, 'apps', 'trainer', 'package.json'), 'utf8')).version;

/** Copies the built repository, to make versions and publish from the copy, so that no file of the original is touched. */
const copyRepository = async () => {
  const left = /(^|[\\/])(node_modules|\.git|\.turbo|\.cache)$|^(runs|release[\\/]dist|docs[\\/]reference)$/;
  await cp(repository, checkout, {
    recursive: true,
    filter: (path) => !left.test(relative(repository, path)),
  });
  await symlink(join(repository, 'node_modules'), join(checkout, 'node_modules'), 'junction');
  await run('git', ['init', '--quiet', '--initial-branch', 'main'], { cwd: checkout });
  await commit();
};

const commit = async () => {
  const author = ['-c', 'user.name=rehearsal', '-c', 'user.email=rehearsal@localhost'];
  await run('git', ['add', '--all'], { cwd: checkout });
  await run('git', [...author, '-c', 'commit.gpgsign=false', 'commit', '--quiet', '--message', 'Rehearsal'], {
    cwd: checkout,
  });
};

/** Makes this process and its children users of that registry, without the settings of this user's npm. */
const useRegistry = async (/** @type {string} */ url) => {
  const npmrc = join(temporary, '.npmrc');
  // npm publishes with a token only; this registry takes any.
  await writeFile(npmrc, `${url.replace(/^http:/, '')}:_authToken=rehearsal\naudit=false\nfund=false\n`);
  for (const name of Object.keys(process.env)) if (/^npm_/i.test(name)) delete process.env[name];
  Object.assign(process.env, {
    npm_config_userconfig: npmrc,
    npm_config_registry: url,
    npm_config_cache: join(temporary, 'npm-cache'),
    npm_config_update_notifier: 'false',
    CI: 'true',
    NO_COLOR: '1',
  });
};

/** The ways in which users compile: with Node's module resolution, which also emits the JavaScript to run, and with bundlers'. */
const compilers = [
  ['--module', 'NodeNext', '--moduleResolution', 'NodeNext'],
  ['--module', 'ESNext', '--moduleResolution', 'bundler', '--noEmit'],
];

/** @param {string} folder With a main.ts. */
const compile = async (folder) => {
  for (const options of compilers)
    await run(
      'tsc',
      ['main.ts', '--pretty', 'false', '--strict', '--target', 'ES2022', '--lib', 'ES2023,DOM', ...options],
      { cwd: folder },
    ).catch((/** @type {Error} */ { message }) => {
      // The declarations of TensorFlow.js and of linkedom, for the charts' example, do not compile with `strict`; ours must.
      const errors = message
        .split('\n')
        .slice(1)
        .filter((line) => /^(?!node_modules\/(@tensorflow|linkedom)\/)\S/.test(line));
      if (errors.length > 0) throw new Error(`${folder}\n${errors.join('\n')}`);
    });
};

/**
 * Bundles the page of a folder with Vite, opens it, and waits for a sign that it works.
 *
 * @param {string} folder
 * @param {(page: import('playwright-core').Page) => Promise<unknown>} sign
 */
const inBrowser = async (folder, sign) => {
  await run('vite', ['build', '--logLevel', 'warn', '--target', 'es2022'], { cwd: folder });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.route('**', (route) => {
      const { pathname } = new URL(route.request().url());
      return route.fulfill({ path: join(folder, 'dist', pathname === '/' ? 'index.html' : pathname) });
    });
    await Promise.all([sign(page), page.goto('http://localhost/')]);
  } finally {
    await browser.close();
  }
};

/** @type {Awaited<ReturnType<typeof startRegistry>> | undefined} */
let registry;
const stop = async () => {
  registry?.stop();
  await rm(temporary, { recursive: true, force: true, maxRetries: 5 });
};
process.once('SIGINT', () => stop().then(() => process.exit(130)));

try {
  await step('a registry on this machine', async () => {
    registry = await startRegistry(join(temporary, 'registry'), names);
    await useRegistry(registry.url);
  });
  await step(`${names.length} packages published`, async () => {
    await copyRepository();
    await changeset('publish');
  });
  const first = await versionOfCommand();

  // TypeScript is installed above the projects, so that all of them find it and nothing else.
  await step('TypeScript for the projects', async () =>
    npm(await project('.'), 'install', 'typescript@5', '@types/node@20'),
  );

  for (const workspace of published.filter((one) => entryPointsOf(one).length > 0)) {
    const { name } = workspace.manifest;
    await step(`${name} alone: its README, in TypeScript for Node and for bundlers`, async () => {
      const readme = await readSource(workspace.folder, 'README.md');
      const example = programsOf(readme).find(({ language }) => language === 'ts');
      if (example === undefined || !installLine(readme).includes(name))
        throw new Error(`${workspace.folder}/README.md: expected npm install ${name} and an example`);
      const folder = await project(workspace.folder.replace('/', '-'));
      await install(folder, installLine(readme));
      await writeFile(join(folder, 'main.ts'), example.code);
      await compile(folder);
      await node(folder, 'main.js');
    });
  }

  const examples = await project('examples');
  const readme = await readSource('examples', 'README.md');
  const programs = readme.match(/(?<=\(src\/)[\w-]+\.js/g) ?? [];
  await step('the examples, in JavaScript: each trains', async () => {
    await install(examples, installLine(readme));
    for (const file of programs) {
      await cp(join(repository, 'examples', 'src', file), join(examples, file));
      await node(examples, file);
    }
  });

  await step('@dropout-lab/metrics in a browser', async () => {
    const folder = await project('metrics-in-a-browser');
    await cp(join(repository, 'release', 'projects', 'metrics-in-a-browser'), folder, { recursive: true });
    await install(folder, ['@dropout-lab/metrics', '@dropout-lab/random', 'vite@8']);
    await inBrowser(folder, (page) => page.getByText('accuracy 0.667, p 0.03125').waitFor());
  });

  await step('dropout-lab alone, in Bun, in Deno and in a browser', async () => {
    const folder = await project('first-steps');
    const program = 'first-steps.js';
    await install(folder, ['dropout-lab', 'vite@8']);
    await cp(join(repository, 'examples', 'src', program), join(folder, program));
    await writeFile(
      join(folder, 'index.html'),
      `<!doctype html><link rel="icon" href="data:," /><script type="module" src="/${program}"></script>`,
    );
    await inBrowser(folder, (page) =>
      page.waitForEvent('console', {
        predicate: (message) => message.text().startsWith('test accuracy '),
        timeout: 120_000,
      }),
    );
    // Two hundred megabytes, and so in no package.json of this repository.
    const runtimes = await project('runtimes');
    await npm(runtimes, 'install', 'bun', 'deno');
    for (const runtime of [['bun'], ['deno', 'run', '--allow-all']]) {
      const said = await npm(runtimes, 'exec', '--', ...runtime, join(folder, program));
      if (!said.includes('test accuracy ')) throw new Error(`${runtime[0]}: expected an accuracy\n${said}`);
    }
  });

  const command = await project('command');
  await step('npx dropout-lab train, on real images', async () => {
    const options = ['--limit-train', '2000', '--epochs', '1', '--run-dir', 'run'];
    const said = await npm(command, 'exec', '--yes', '--', 'dropout-lab', 'train', ...options);
    const [, loss, accuracy] = said.match(/Test loss: ([\d.]+) \/ Test accuracy: ([\d.]+)/) ?? [];
    // After seven updates a model is about as good as a guess among ten classes, and no worse.
    if (!(Number(loss) < 2.6 && Number(accuracy) > 0.05))
      throw new Error(`expected the metrics of a test\n${said}`);
  });

  await step('a next version of everything, by changesets', async () => {
    const lines = names.map((name) => `"${name}": minor\n`).join('');
    const summary = 'A change that breaks something, made for the rehearsal.';
    await writeFile(join(checkout, '.changeset', 'rehearsal.md'), `---\n${lines}---\n\n${summary}\n`);
    await changeset('version');
    await commit();
    await changeset('publish');
  });

  const second = await versionOfCommand();
  await step(`the examples upgraded from ${first} to ${second}`, async () => {
    const ours = installLine(readme).filter((name) => names.includes(name));
    const versions = await install(
      examples,
      ours.map((name) => `${name}@latest`),
    );
    for (const name of ours) {
      expectEqual(`version of ${name}`, second, versions.get(name));
      await readFile(join(examples, 'node_modules', name, 'CHANGELOG.md'));
    }
    for (const file of programs) await node(examples, file);
  });

  await step('the run of the first version, evaluated by the next', async () => {
    const latest = ['exec', '--yes', '--', 'dropout-lab@latest'];
    const said = await npm(command, ...latest, 'evaluate', 'run');
    if (!/accuracy/i.test(said)) throw new Error(`expected metrics\n${said}`);
    expectEqual('dropout-lab --version', second, (await npm(command, ...latest, '--version')).trim());
  });

  const seconds = Math.round((Date.now() - startedAt) / 1000);
  console.log(`\nReady to release, as far as a rehearsal can show (${seconds} s).`);
} catch (error) {
  console.log(`\n✗ ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  await stop();
}
