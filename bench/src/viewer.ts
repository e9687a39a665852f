/**
 * `npm run bench:viewer`: measures how soon the viewer's first page can be used, how much it loads, and how long its
 * pages keep the browser busy, with a hundred runs of 55 epochs in headless Chromium.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { median } from '@dropout-lab/metrics';
import { startViewer } from '@dropout-lab/viewer/node';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../../scripts/chromium.mjs';
import { describeMachine } from './shared/machine.ts';
import { formatNumber, formatTable } from './shared/table.ts';
import { ARMS, createRun, createRuns, EPOCHS, epochEvent, STEPS, stepEvent } from './viewer-runs.ts';

const LOADS = 5;
const EVENTS = 5;
const HOVER_MS = 5000;
/** Pause between actions and after each, until its effects have ended. */
const REST_MS = 1000;

const targets = { interactiveMs: 1000, kilobytes: 300, longTaskMs: 50, liveMs: 1000 };

interface Busy {
  /** Milliseconds of each task of more than 50 ms. */
  readonly longTasks: readonly number[];
  /** Longest time between two frames, in milliseconds. */
  readonly longestFrame: number;
}

/** Records long tasks and frames from the page's start. */
const watchPage = (): void => {
  const seen = { longTasks: [] as number[], longestFrame: 0, interactive: 0 };
  Object.assign(window, { seen });
  new PerformanceObserver((list) => {
    for (const { duration, startTime } of list.getEntries()) {
      seen.longTasks.push(duration);
      seen.interactive = Math.max(seen.interactive, startTime + duration);
    }
  }).observe({ type: 'longtask', buffered: true });
  let last = performance.now();
  const onFrame = (now: number): void => {
    seen.longestFrame = Math.max(seen.longestFrame, now - last);
    last = now;
    requestAnimationFrame(onFrame);
  };
  requestAnimationFrame(onFrame);
};

type Watched = Window & { seen: { longTasks: number[]; longestFrame: number; interactive: number } };

const open = async (browser: Browser, url: string): Promise<Page> => {
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
  await page.addInitScript(watchPage);
  await page.goto(url, { waitUntil: 'commit' });
  return page;
};

/** Returns the page's long tasks and longest frame since the last call. */
const takeBusy = (page: Page): Promise<Busy> =>
  page.evaluate(() => {
    const { seen } = window as unknown as Watched;
    const busy = { longTasks: seen.longTasks, longestFrame: seen.longestFrame };
    Object.assign(seen, { longTasks: [], longestFrame: 0 });
    return busy;
  });

/** Measures the milliseconds until all runs are listed and no long task is left, and the gzipped kilobytes of all files. */
const measureFirstLoad = async (browser: Browser, url: string, runs: number) => {
  const page = await open(browser, 'about:blank');
  const sizes: Promise<[string, number]>[] = [];
  page.on('response', (response) => {
    const { pathname } = new URL(response.url());
    if (pathname === '/live') return;
    sizes.push(response.body().then((body) => [pathname, gzipSync(body).length / 1000]));
  });
  await page.goto(url, { waitUntil: 'commit' });
  const listed = await page.evaluate(
    (count) =>
      new Promise<number>((resolve) => {
        const look = (): void => {
          if (document.querySelectorAll('tbody tr').length === count) resolve(performance.now());
          else requestAnimationFrame(look);
        };
        look();
      }),
    runs,
  );
  await page.waitForTimeout(REST_MS);
  const interactive = await page.evaluate(() => (window as unknown as Watched).seen.interactive);
  const loaded = await Promise.all(sizes);
  await page.close();
  const sum = (isCounted: (path: string) => boolean) =>
    loaded.reduce((total, [path, size]) => total + (isCounted(path) ? size : 0), 0);
  return {
    interactiveMs: Math.max(listed, interactive),
    pages: sum((path) => !path.startsWith('/runs/')),
    catalogue: sum((path) => path.startsWith('/runs/')),
  };
};

/** Measures the milliseconds from a change of the files to its appearance on the page. */
const timeToPage = async (page: Page, change: () => unknown, selector: string): Promise<number> => {
  const start = performance.now();
  await change();
  await page.locator(selector).first().waitFor({ state: 'attached' });
  return performance.now() - start;
};

/** The part of an event in Chromium's trace that is read here. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds of computing in its thread. */
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/** Returns the most milliseconds that one task of the page computes, apart from the load of the machine. */
const longestComputing = async (browser: Browser, page: Page, action: () => Promise<unknown>) => {
  await browser.startTracing(page, { categories: ['toplevel'] });
  await action();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: TraceEvent[];
  };
  const threadOf = ({ pid, tid }: TraceEvent): string => `${pid}/${tid}`;
  const isMain = ({ name, args }: TraceEvent) => name === 'thread_name' && args.name === 'CrRendererMain';
  const mains = new Set(traceEvents.filter(isMain).map(threadOf));
  const tasks = traceEvents.filter((event) => event.name.endsWith('RunTask') && mains.has(threadOf(event)));
  return tasks.reduce((most, { tdur = 0 }) => Math.max(most, tdur / 1000), 0);
};

/** Waits until that many curves are drawn; fainter ones, of values before they were smoothed, may be there as well. */
const drawn = (page: Page, curves: number): Promise<unknown> =>
  page.waitForFunction((n) => document.querySelectorAll('.plot svg g.line path').length >= n, curves);

/** Moves the mouse back and forth over all charts. */
const hoverCharts = async (page: Page): Promise<void> => {
  const end = performance.now() + HOVER_MS;
  while (performance.now() < end) {
    for (const chart of await page.locator('.plot').all()) {
      const box = (await chart.boundingBox())!;
      for (let share = 0.02; share < 1 && performance.now() < end; share += 0.008) {
        await page.mouse.move(box.x + box.width * share, box.y + box.height * (0.3 + 0.4 * share));
      }
    }
  }
};

const dragChart = async (page: Page): Promise<void> => {
  const box = (await page.locator('.plot').first().boundingBox())!;
  await page.mouse.move(box.x + 200, box.y + 100);
  await page.mouse.down();
  await page.mouse.move(box.x + 500, box.y + 100, { steps: 60 });
  await page.mouse.up();
};

const { folder, last } = await createRuns();
const viewer = await startViewer({ runsFolder: folder, port: 0 });
const browser = await launchChromium();
try {
  const runs = 100;
  const loads: Awaited<ReturnType<typeof measureFirstLoad>>[] = [];
  for (let load = 0; load < LOADS; load++) loads.push(await measureFirstLoad(browser, viewer.url, runs));
  const medianOf = (name: keyof (typeof loads)[number]) => median(loads.map((load) => load[name]));

  const rows: string[][] = [];
  const measureAction = async (name: string, page: Page, action: () => Promise<unknown>): Promise<void> => {
    await page.waitForTimeout(REST_MS);
    await takeBusy(page);
    const computing = await longestComputing(browser, page, async () => {
      await action();
      await page.waitForTimeout(REST_MS);
    });
    const { longTasks, longestFrame } = await takeBusy(page);
    const longest = Math.max(0, ...longTasks);
    rows.push([
      name,
      String(longTasks.length),
      longest === 0 ? '' : formatNumber(longest),
      formatNumber(computing),
      formatNumber(longestFrame),
      longest <= targets.longTaskMs ? 'met' : 'missed',
    ]);
  };

  const list = await open(browser, viewer.url);
  await list.getByRole('searchbox').waitFor();
  await measureAction('Runs: a filter is typed', list, () =>
    list.getByRole('searchbox').pressSequentially('dropout 0.5', { delay: 80 }),
  );
  await list.getByRole('searchbox').fill('');
  await measureAction('Runs: a run is sorted by', list, () =>
    list.getByRole('button', { name: 'Last loss' }).click(),
  );
  let step = 1;
  await measureAction('Runs: steps of a run', list, async () => {
    for (const end = step + 10; step < end; step++) {
      last.append(stepEvent(EPOCHS, step));
      await list.waitForTimeout(300);
    }
  });
  const live = { step: 0, run: 0 };
  for (let event = 0; event < EVENTS; event++, step++) {
    // At a different moment of the server's polling each time.
    await list.waitForTimeout(REST_MS + (event * REST_MS) / EVENTS);
    const share = (EPOCHS - 1 + step / STEPS) / EPOCHS;
    const shown = await timeToPage(
      list,
      () => last.append(stepEvent(EPOCHS, step)),
      `progress[value="${share}"]`,
    );
    live.step = Math.max(live.step, shown);
    const extra = runs + event;
    const name = `run-${extra}`;
    const listed = await timeToPage(
      list,
      async () => (await createRun(folder, extra)).close(),
      `[aria-label="Pick ${name}"]`,
    );
    live.run = Math.max(live.run, listed);
    await rm(join(folder, name), { recursive: true });
  }
  await list.close();

  const compare = await open(browser, 'about:blank');
  await measureAction('Compare: opened', compare, async () => {
    await compare.goto(`${viewer.url}#/compare`);
    await drawn(compare, 4 * ARMS);
  });
  // So many runs are means of their arms at first.
  await measureAction('Compare: every run by itself', compare, async () => {
    await compare.getByRole('checkbox', { name: 'Mean of each arm' }).uncheck();
    await drawn(compare, 4 * runs);
  });
  await measureAction('Compare: hovered', compare, () => hoverCharts(compare));
  await measureAction('Compare: zoomed by a drag', compare, () => dragChart(compare));
  await measureAction('Compare: all shown again', compare, () =>
    compare.getByRole('button', { name: 'Show all' }).first().click(),
  );
  await measureAction('Compare: smoothed', compare, () => compare.getByRole('slider').fill('0.6'));
  await measureAction('Compare: means of arms', compare, () =>
    compare.getByRole('checkbox', { name: 'Mean of each arm' }).check(),
  );
  await compare.getByRole('checkbox', { name: 'Mean of each arm' }).uncheck();
  await compare.getByRole('slider').fill('0');
  await measureAction('Compare: steps of a run', compare, async () => {
    for (const end = step + 10; step < end; step++) {
      last.append(stepEvent(EPOCHS, step));
      await compare.waitForTimeout(300);
    }
  });
  await measureAction('Compare: an epoch of a run', compare, async () => {
    last.append(epochEvent(runs - 1, EPOCHS));
    await compare.waitForTimeout(REST_MS);
  });
  await compare.getByLabel('Over').selectOption('time');
  await measureAction('Compare: hovered, over time', compare, () => hoverCharts(compare));

  const [interactive, pages] = [medianOf('interactiveMs'), medianOf('pages')];
  const verdict = (met: boolean) => (met ? 'met' : 'missed');
  console.log(`${await describeMachine()}\nbrowser   Chromium ${browser.version()}, headless\n`);
  console.log(
    formatTable(
      [`first load, ${runs} runs of ${EPOCHS} epochs`, 'median', 'target'],
      [
        [
          'ms until all runs are listed and no task is left',
          formatNumber(interactive),
          `<= ${targets.interactiveMs}: ${verdict(interactive <= targets.interactiveMs)}`,
        ],
        [
          'kB of pages, gzip',
          formatNumber(pages),
          `<= ${targets.kilobytes}: ${verdict(pages <= targets.kilobytes)}`,
        ],
        ['kB of runs, gzip', formatNumber(medianOf('catalogue')), ''],
      ],
      1,
    ),
  );
  const liveRow = (name: string, milliseconds: number): string[] => [
    name,
    formatNumber(milliseconds),
    `<= ${targets.liveMs}: ${verdict(milliseconds <= targets.liveMs)}`,
  ];
  console.log(
    `\n${formatTable(
      ['from the file to the page', `longest of ${EVENTS}, ms`, 'target'],
      [liveRow('a step of a run', live.step), liveRow('a new run', live.run)],
      1,
    )}`,
  );
  console.log(
    `\n${formatTable(['action', 'tasks > 50 ms', 'longest, ms', 'of computing', 'longest frame, ms', 'target'], rows, 1)}`,
  );
} finally {
  await browser.close();
  await viewer.close();
  await last.close();
  await rm(folder, { recursive: true, force: true });
}
