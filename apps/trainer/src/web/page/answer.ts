import type { Classification } from '../../classifier/classifier.ts';
import { byId, drawn, element } from './elements.ts';

/** Rows of a model of many classes that are shown before more are asked for. */
const FIRST_ROWS = 10;

const rows = byId('rows');
const more = byId<HTMLButtonElement>('more');
let isLong = false;
let shown: readonly Partial<Classification>[] = [];

/** Shows the classes with their probabilities, or without while there is no answer. */
export const showAnswer = (classes: readonly Partial<Classification>[]): void => {
  shown = classes;
  // One more button is no help for one more row.
  const isShort = !isLong && classes.length > FIRST_ROWS + 2;
  rows.replaceChildren(...classes.slice(0, isShort ? FIRST_ROWS : undefined).map(rowOf));
  more.hidden = classes.length <= FIRST_ROWS + 2;
  more.textContent = isLong ? `Show the first ${FIRST_ROWS}` : `Show all ${classes.length} classes`;
  const [best] = classes;
  byId('status').textContent = best?.probability === undefined ? 'No picture yet' : sentenceOf(best);
  byId('status').classList.toggle('none', best?.probability === undefined);
};

more.addEventListener('click', () => {
  isLong = !isLong;
  showAnswer(shown);
});

const percent = (value: number): string => `${(100 * value).toFixed(1)}%`;

const sentenceOf = ({ label, probability, spread }: Partial<Classification>): string =>
  `${label}, ${textOf(probability, spread)}`;

const rowOf = ({ label, probability, spread }: Partial<Classification>, row: number): HTMLElement =>
  element(
    'tr',
    row === 0 && probability !== undefined ? { class: 'best' } : {},
    element('th', { scope: 'row' }, ...breakable(label!)),
    element('td', {}, barOf(probability, spread)),
    element('td', {}, textOf(probability, spread)),
  );

/** Returns a name that may go on in another line after each underscore. */
const breakable = (name: string): (Node | string)[] =>
  name.split(/(?<=_)/).flatMap((part, i) => (i === 0 ? [part] : [element('wbr', {}), part]));

const textOf = (probability: number | undefined, spread: number | undefined): string => {
  if (probability === undefined) return '–';
  return spread === undefined
    ? percent(probability)
    : `${percent(probability)} ± ${(100 * spread).toFixed(1)}`;
};

const barOf = (probability: number | undefined, spread: number | undefined): SVGElement => {
  const bar = drawn('svg', {
    class: 'probability',
    viewBox: '0 0 100 10',
    preserveAspectRatio: 'none',
    'aria-hidden': 'true',
  });
  bar.append(drawn('rect', { class: 'ground', width: 100, height: 10 }));
  if (probability === undefined) return bar;
  bar.append(drawn('rect', { class: 'bar', y: 1.5, height: 7, width: 100 * probability }));
  if (spread === undefined) return bar;
  const [from, to] = [probability - spread, probability + spread].map(
    (end) => 100 * Math.min(1, Math.max(0, end)),
  );
  bar.append(drawn('line', { class: 'deviation', x1: from!, x2: to!, y1: 5, y2: 5 }));
  return bar;
};
