/** The folder that runs of studies are kept in by default. */
export const DEFAULT_STORE = 'runs/studies';
