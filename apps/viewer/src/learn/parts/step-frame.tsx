import { useEffect, useRef, useState } from 'preact/hooks';
import { linkTo } from '../../shared/state.ts';
import type { Step } from '../step.ts';
import { TeacherNote } from './teacher-note.tsx';
import './step-frame.css';

interface StepFrameProps {
  readonly step: Step;
  /** Counted from 1. */
  readonly number: number;
  /** Whether it stands alone, in a frame of another page. */
  readonly isEmbedded?: boolean;
}

/** How far below the window a step gets ready, in heights of the window. */
const READY = '60% 0px';

/** A step with its title, its origin and its note. */
export const StepFrame = ({ step, number, isEmbedded = false }: StepFrameProps) => {
  const { name, title, origin, Content } = step;
  const section = useRef<HTMLElement>(null);
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setNear(true);
      },
      { rootMargin: READY },
    );
    observer.observe(section.current!);
    return () => observer.disconnect();
  }, []);
  const Title = isEmbedded ? 'h1' : 'h2';
  return (
    <section ref={section} class="step" id={`step-${name}`} aria-labelledby={`title-${name}`} tabIndex={-1}>
      <Title id={`title-${name}`} class="step-title">
        {!isEmbedded && (
          <a
            class="step-number"
            href={linkTo('learn', { step: name })}
            aria-label={`Address of step ${number}`}
          >
            {number}
          </a>
        )}
        {title}
      </Title>
      <Content isNear={isNear} />
      <p class="step-origin">{origin}</p>
      {!isEmbedded && <TeacherNote step={step} />}
    </section>
  );
};
