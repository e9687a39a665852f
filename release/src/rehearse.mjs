/**
 * `npm run release:rehearse`: a release and its use, from end to end, on this machine alone. What is built is published
 * to a registry that this starts; then it is installed and used in fresh folders outside the repository, as READMEs
 * tell their readers to; then a next version is made, published, and upgraded to.
 */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repository } from '../../scripts/spawn-turbo.mjs';
import { entryPointsOf, published } from '../../scripts/workspaces.mjs';
import { findBrowser, readPage } from './browser.mjs';
import { copyCheckout } from './checkout.mjs';
import { node } from './npm.mjs';
import { createProject } from './project.mjs';
import { readReadme } from './readme.mjs';
import { startRegistry } from './registry.mjs';

/** How users resolve modules: as Node does, which also gives the JavaScript to run, and as bundlers do. */
const shared = { target: 'ES2022', lib: ['ES2023', 'DOM'], strict: true };
const typeScriptProjects = {
  'tsconfig.json': { ...shared, module: 'NodeNext', moduleResolution: 'NodeNext' },
  'tsconfig.bundler.json': { ...shared, module: 'ESNext', moduleResolution: 'bundler', noEmit: true },
};

const names = published.map(({ manifest }) => manifest.name);
const temporary = await mkdtemp(join(tmpdir(), 'dropout-lab-rehearsal-'));
const startedAt = Date.now();

/**
 * @template Result
 * @param {string} title
 * @param {() => Promise<Result>} act
 */
const step = async (title, act) => {
  const begun = Date.now();
  const result = await act();
  console.log(`✓ ${title} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
  return result;
};

/** @param {string} what @param {unknown} expected @param {unknown} found */
const expectEqual = (what, expected, found) => {
  const [wanted, got] = [expected, found].map((value) => JSON.stringify(value));
  if (wanted !== got) throw new Error(`${what}: expected ${wanted}, found ${got}`);
};

/** @param {import('./project.mjs').Project} project */
const expectOneTensorFlow = (project) => {
  for (const name of ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers'])
    expectEqual(
      `copies of ${name} in ${project.path}`,
      [`node_modules/${name}/package.json`],
      project.copies(name),
    );
};

/** @param {string} folder @param {string} file */
const readSource = (folder, file) => readFile(join(repository, folder, file), 'utf8');

/** @type {import('./registry.mjs').Registry | undefined} */
let registry;
const stop = async () => {
  await registry?.stop();
  await rm(temporary, { recursive: true, force: true, maxRetries: 5 });
};
process.once('SIGINT', () => stop().then(() => process.exit(130)));

try {
  registry = await step('a registry on this machine', () =>
    startRegistry(join(temporary, 'registry'), names),
  );
  const env = await environment(registry.url);
  const checkout = await copyCheckout(join(temporary, 'checkout'), env);
  const first = await checkout.versions();
  /** @param {string} name */
  const project = (name) => createProject(join(temporary, 'projects', name), env);

  await step(`${names.length} packages published`, () => checkout.changesets('publish'));

  // TypeScript is above the projects, where it serves all of them and none of them finds anything else.
  const tools = await project('.');
  await step('TypeScript for the projects', () => tools.install('typescript@5', '@types/node@20'));
  const tsc = join(tools.path, 'node_modules', 'typescript', 'bin', 'tsc');
  /** @param {import('./project.mjs').Project} project @param {string} file */
  const compile = async ({ path }, file) => {
    const { stdout } = await node([tsc, '--pretty', 'false', '--project', file], {
      cwd: path,
      env,
      failing: true,
    });
    // The declarations of TensorFlow.js do not stand up to strict themselves; ours are to.
    const errors = stdout
      .split('\n')
      .filter((line) => /^\S/.test(line) && !line.startsWith('node_modules/@tensorflow/'));
    if (errors.length > 0) throw new Error(`${path}/${file}\n${errors.join('\n')}`);
  };

  for (const workspace of published.filter((one) => entryPointsOf(one).length > 0)) {
    const { name } = workspace.manifest;
    await step(`${name} alone: its README, in TypeScript for Node and for bundlers`, async () => {
      const { install, example } = readReadme(await readSource(workspace.folder, 'README.md'));
      if (example === undefined || !install.includes(name))
        throw new Error(`${workspace.folder}/README.md: expected npm install ${name} and an example`);
      const alone = await project(workspace.folder.replace('/', '-'));
      await alone.install(...install);
      await alone.write('main.ts', example);
      for (const [file, options] of Object.entries(typeScriptProjects)) {
        await alone.write(file, JSON.stringify({ compilerOptions: options, files: ['main.ts'] }));
        await compile(alone, file);
      }
      await alone.node('main.js');
      if (install.includes('@tensorflow/tfjs-layers')) expectOneTensorFlow(alone);
    });
  }

  const programs = await step('the examples, in JavaScript: each trains', async () => {
    const folder = await project('examples');
    const { install } = readReadme(await readSource('examples', 'README.md'));
    await folder.install(...install);
    expectOneTensorFlow(folder);
    const files = (await readSource('examples', 'README.md')).match(/(?<=\(src\/)[\w-]+\.js/g) ?? [];
    for (const file of files) {
      await folder.write(file, await readSource('examples', `src/${file}`));
      await folder.node(file);
    }
    return { folder, files, install };
  });

  const browser = findBrowser();
  await step(
    `@dropout-lab/metrics in a browser${browser ? '' : ': bundled only, since no Chromium was found: CHROME_PATH names one'}`,
    async () => {
      const page = await project('metrics-in-a-browser');
      await cp(join(repository, 'release', 'projects', 'metrics-in-a-browser'), page.path, {
        recursive: true,
      });
      await page.install('@dropout-lab/metrics', '@dropout-lab/random', 'vite@8');
      await page.node(join('node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn');
      if (browser === undefined) return;
      const text = await readPage(browser, join(page.path, 'dist'));
      if (!text.includes('accuracy 0.667, p 0.03125')) throw new Error(`the page says ${text}`);
    },
  );

  const command = await project('command');
  await step('npx dropout-lab train, on real images', async () => {
    const said = await command.npm(
      ...['exec', '--yes', '--', 'dropout-lab', 'train', '--limit-train', '2000', '--epochs', '1'],
      ...['--run-dir', 'run'],
    );
    const [, loss, accuracy] = said.match(/Test loss: ([\d.]+) \/ Test accuracy: ([\d.]+)/) ?? [];
    // Seven updates teach little: it is about as good as a guess among ten classes, and no worse.
    if (!(Number(loss) < 2.6 && Number(accuracy) > 0.05))
      throw new Error(`expected figures of a test\n${said}`);
  });

  await step('a next version of everything, by changesets', async () => {
    await checkout.add('A change that breaks something, made for the rehearsal.', 'minor');
    await checkout.changesets('version');
    expectEqual('dependencies among the packages', [], await checkout.brokenRanges());
    await checkout.changesets('publish');
  });

  const second = await checkout.versions();
  await step(
    `the examples upgraded from ${first.get('dropout-lab')} to ${second.get('dropout-lab')}`,
    async () => {
      const { folder, files, install } = programs;
      const ours = install.filter((name) => names.includes(name));
      await folder.install(...ours.map((name) => `${name}@latest`));
      for (const name of ours) {
        expectEqual(`version of ${name}`, second.get(name), await folder.versionOf(name));
        expectEqual(`copies of ${name}`, 1, folder.copies(name).length);
        await readFile(join(folder.path, 'node_modules', name, 'CHANGELOG.md'));
      }
      expectOneTensorFlow(folder);
      for (const file of files) await folder.node(file);
    },
  );

  await step('the run of the first version, evaluated by the next', async () => {
    const said = await command.npm('exec', '--yes', '--', 'dropout-lab@latest', 'evaluate', 'run');
    if (!/accuracy/i.test(said)) throw new Error(`expected figures\n${said}`);
    const version = await command.npm('exec', '--yes', '--', 'dropout-lab@latest', '--version');
    expectEqual('dropout-lab --version', second.get('dropout-lab'), version.trim());
  });

  console.log(
    `\nReady to release, as far as a rehearsal can tell (${Math.round((Date.now() - startedAt) / 1000)} s).`,
  );
} catch (error) {
  console.log(`\n✗ ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  await stop();
}

/**
 * The environment of a user of that registry: nothing of the npm that runs this, nothing of this user's npm.
 *
 * @param {string} url
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
async function environment(url) {
  const npmrc = join(temporary, '.npmrc');
  // npm publishes with a token only; this registry takes any.
  await writeFile(
    npmrc,
    `registry=${url}\n${url.replace(/^http:/, '')}:_authToken=rehearsal\nupdate-notifier=false\n`,
  );
  const inherited = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
  return {
    ...Object.fromEntries(inherited),
    npm_config_userconfig: npmrc,
    npm_config_registry: url,
    npm_config_cache: join(temporary, 'npm-cache'),
    npm_execpath: process.env['npm_execpath'],
    CI: 'true',
    NO_COLOR: '1',
  };
}
