import { useEffect, useState } from 'preact/hooks';

interface Play {
  readonly isPlaying: boolean;
  readonly toggle: () => void;
  readonly stop: () => void;
}

interface PlayOptions {
  readonly value: number;
  readonly first: number;
  readonly last: number;
  /** Time of each value. */
  readonly milliseconds: number;
  readonly onValue: (value: number) => void;
}

const wantsNoMotion = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** Plays the values up to the last, from the first where it is there already; for those who want no motion, it jumps there. */
export const usePlay = ({ value, first, last, milliseconds, onValue }: PlayOptions): Play => {
  const [isPlaying, setPlaying] = useState(false);
  useEffect(() => {
    if (!isPlaying) return;
    const timer = setTimeout(() => {
      onValue(Math.min(last, value + 1));
      if (value + 1 >= last) setPlaying(false);
    }, milliseconds);
    return () => clearTimeout(timer);
  }, [isPlaying, value]);
  return {
    isPlaying,
    toggle: () => {
      if (wantsNoMotion()) return onValue(last);
      if (!isPlaying && value >= last) onValue(first);
      setPlaying(!isPlaying);
    },
    stop: () => setPlaying(false),
  };
};
