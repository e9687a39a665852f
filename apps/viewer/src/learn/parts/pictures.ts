/**
 * The pictures to choose from, by their places among the 100 that ship with the pages: some that the network knows, and
 * some of which masks leave networks that disagree.
 */
export const PICTURES = [12, 7, 3, 31, 6, 1, 13, 4] as const;
