import { useEffect } from 'preact/hooks';
import { type LearnStep, parseAddress } from '../shared/address.ts';
import { linkTo, show, view } from '../shared/state.ts';
import { endLiveModel } from './live/live-model.ts';
import { StepFrame } from './parts/step-frame.tsx';
import { steps } from './steps.tsx';
import './learn-page.css';

const elementOf = (step: LearnStep): HTMLElement | null => document.getElementById(`step-${step}`);

/** The events by which a person goes somewhere else. */
const MOVES = ['wheel', 'pointerdown', 'keydown', 'touchstart'] as const;

/** Scrolls to the step of the address when one comes to it, by a link or by Back. */
const useAddress = (): void => {
  useEffect(() => {
    const stay = new AbortController();
    const { signal } = stay;
    const go = (): void => {
      const { page, step } = view.peek();
      if (page !== 'learn') return;
      const element = step && elementOf(step);
      if (element) element.scrollIntoView();
      else scrollTo({ top: 0 });
      // So that the next Tab is within the step.
      element?.focus({ preventScroll: true });
    };
    if (view.peek().step) stayAt(elementOf(view.peek().step!)!, signal);
    addEventListener('hashchange', go, { signal });
    go();
    return () => stay.abort();
  }, []);
};

/** Keeps a step in its place while those above it load, until a person moves. */
const stayAt = (element: HTMLElement, signal: AbortSignal): void => {
  const observer = new ResizeObserver(() => element.scrollIntoView());
  observer.observe(element.parentElement!);
  const end = (): void => observer.disconnect();
  signal.addEventListener('abort', end);
  for (const move of MOVES) addEventListener(move, end, { once: true, signal });
};

/** Has the address name the step that is in the middle of the window. */
const useScrolledStep = (): void => {
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => {
        for (const { isIntersecting, target } of entries) {
          const { page, step } = view.peek();
          const found = steps.find(({ name }) => `step-${name}` === target.id)?.name ?? null;
          // A link changes the address before the view follows it: its target is not to be overwritten.
          const next = parseAddress(location.hash);
          if (page !== 'learn' || next.page !== page || next.step !== step) return;
          if (isIntersecting && found !== step) show({ step: found });
        }
      },
      { rootMargin: '-45% 0px -55% 0px' },
    );
    for (const { name } of steps) observer.observe(elementOf(name)!);
    observer.observe(document.getElementById('learn-begin')!);
    return () => observer.disconnect();
  }, []);
};

/** Six steps that say what dropout does, each with something to move. */
export const LearnPage = () => {
  useAddress();
  useScrolledStep();
  useEffect(() => endLiveModel, []);
  return (
    <div class="learn">
      <header id="learn-begin" class="learn-begin">
        <h1>What dropout does</h1>
        <p class="step-words">
          Six steps, five minutes, and something to move in each. Nothing is made up: the curves are those of
          finished trainings on real pictures, and all else is computed here, while you look.
        </p>
      </header>
      <nav class="learn-nav" aria-label="Steps">
        {steps.map(({ name, short }, i) => (
          <a
            key={name}
            href={linkTo('learn', { step: name })}
            aria-current={view.value.step === name ? 'step' : undefined}
          >
            <span class="learn-nav-number">{i + 1}</span> <span class="learn-nav-word">{short}</span>
          </a>
        ))}
      </nav>
      {steps.map((step, i) => (
        <StepFrame key={step.name} step={step} number={i + 1} />
      ))}
    </div>
  );
};
