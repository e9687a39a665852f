import { computed } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { embeddedStep } from './learn/embed.ts';
import { RunsPage } from './runs/runs-page.tsx';
import type { View } from './shared/address.ts';
import { Announcements } from './shared/controls/announcements.tsx';
import { Connection } from './shared/controls/connection.tsx';
import { DroppedRuns } from './shared/controls/dropped-runs.tsx';
import { Guarded } from './shared/controls/guarded.tsx';
import { lazily } from './shared/controls/lazily.tsx';
import { Message } from './shared/controls/message.tsx';
import { ThemeSwitch } from './shared/controls/theme-switch.tsx';
import { TrainingChip } from './shared/controls/training-chip.tsx';
import { source } from './shared/source.ts';
import { linkTo, view } from './shared/state.ts';
import './app.css';

const ComparePage = lazily(() => import('./compare/compare-page.tsx').then((page) => page.ComparePage));
const PlaygroundPage = lazily(() =>
  import('./playground/playground-page.tsx').then((page) => page.PlaygroundPage),
);
const TrainPage = lazily(() => import('./train/train-page.tsx').then((page) => page.TrainPage));
const LearnPage = lazily(() => import('./learn/learn-page.tsx').then((page) => page.LearnPage));
const embedded = embeddedStep(location.search);
const EmbeddedStep = lazily(() =>
  import('./learn/embedded-step.tsx').then((page) => () => <page.EmbeddedStep name={embedded!} />),
);
const RunPage = lazily(() => import('./run/run-page.tsx').then((page) => page.RunPage));

const titles: Readonly<Record<View['page'], string>> = {
  runs: 'Runs',
  compare: 'Compare',
  run: 'Run',
  playground: 'Playground',
  train: 'Train here',
  learn: 'Learn',
};

/** Of the runs, only what decides which page is shown: each event of a run in training makes another catalogue. */
const sourceState = computed(() => source.value.state);

/** The page: the head that every view has, and the view that the address names. */
export const App = () => {
  const { page, runs } = view.value;
  useEffect(() => {
    const title = embedded ? titles.learn : (page === 'run' && runs[0]) || titles[page];
    document.title = `${title} · dropout-lab`;
  }, [page, runs[0]]);
  if (embedded) {
    return (
      <main class="alone">
        <Announcements />
        <EmbeddedStep />
      </main>
    );
  }
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <header class="top">
        <a class="brand" href={linkTo('runs')}>
          <img src="./icon.svg" alt="" width="24" height="24" />
          dropout-lab
        </a>
        <nav aria-label="Pages">
          <PageLink page="runs" />
          <PageLink page="compare" changes={{ runs: page === 'compare' || page === 'run' ? runs : [] }} />
          <PageLink page="playground" changes={{ runs: runs.slice(0, 1) }} />
          <PageLink page="train" />
          <PageLink page="learn" />
        </nav>
        <TrainingChip />
        {sourceState.value === 'ready' && <Connection />}
        <ThemeSwitch />
      </header>
      <Announcements />
      <main id="main" tabIndex={-1}>
        <DroppedRuns />
        <Guarded key={page} part={titles[page]}>
          <Page page={page} />
        </Guarded>
      </main>
    </>
  );
};

const PageLink = ({ page, changes }: { readonly page: View['page']; readonly changes?: Partial<View> }) => {
  const shown = view.value.page;
  const current = shown === page || (shown === 'run' && page === 'runs');
  return (
    <a href={linkTo(page, changes)} aria-current={current ? 'page' : undefined}>
      {titles[page]}
    </a>
  );
};

const Page = ({ page }: { readonly page: View['page'] }): ComponentChildren => {
  // It shows what ships with the pages, whatever the runs are.
  if (page === 'learn') return <LearnPage />;
  switch (sourceState.value) {
    case 'loading':
      return <Message busy title="Loading the runs" />;
    case 'failed':
      return (
        <Message title="The runs could not be loaded">
          <p>{source.value.state === 'failed' && source.value.reason}</p>
          <p class="muted">
            Was the viewer stopped? <code>dropout-lab view</code> starts it.
          </p>
          <button type="button" class="button" onClick={() => location.reload()}>
            Try again
          </button>
        </Message>
      );
    case 'ready':
      switch (page) {
        case 'runs':
          return <RunsPage />;
        case 'compare':
          return <ComparePage />;
        case 'run':
          return <RunPage />;
        case 'playground':
          return <PlaygroundPage />;
        case 'train':
          return <TrainPage />;
      }
  }
};
