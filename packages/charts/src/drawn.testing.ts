import { parseHTML } from 'linkedom';

/** Where charts are drawn in tests. */
export const { document } = parseHTML('<!doctype html><html><body></body></html>') as unknown as Window;

/** The points of a path of straight lines. */
export const pointsOf = (path: Element | null): [number, number][] =>
  path!
    .getAttribute('d')!
    .split(/[MLZ]/)
    .filter((part) => part !== '')
    .map((part) => part.split(',').map(Number) as [number, number]);

/** The texts of an axis, in order. */
export const ticksOf = (svg: Element, axis: 'x' | 'y'): string[] =>
  [...svg.querySelectorAll(`g.${axis}-axis-tick-label text`)].map(({ textContent }) => textContent ?? '');

/** An attribute of an element, or of the group that it is in. */
export const lookOf = (element: Element, name: string): string | null =>
  element.closest(`[${name}]`)?.getAttribute(name) ?? null;
