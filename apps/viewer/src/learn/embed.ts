import { LEARN_STEPS, type LearnStep } from '../shared/address.ts';

/** The parameter of the page's own address, before the fragment, that shows a step alone: `?embed=mask`. */
const EMBED = 'embed';

/** Returns the step that stands alone at an address; undefined for all pages. */
export const embeddedStep = (search: string): LearnStep | undefined => {
  const name = new URLSearchParams(search).get(EMBED);
  return LEARN_STEPS.find((step) => step === name);
};

/** Returns the line of HTML that puts a step into another page, in a frame of a height in pixels. */
export const embedLine = (step: LearnStep, title: string, height: number): string => {
  const url = new URL(location.href);
  url.hash = '';
  url.search = `${EMBED}=${step}`;
  return `<iframe src="${url.href}" title="${title}" width="100%" height="${height}" style="border: 0"></iframe>`;
};
