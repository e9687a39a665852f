import { z } from 'zod';
import { type FlagValues, runFlags, sensibleValues } from './settings/flag-values.ts';

const flag = z.stringbool({ truthy: ['yes'], falsy: ['no'] });

/** The highest rate that the sliders offer. */
export const MOST_DROPPED = 0.9;

/**
 * All that decides what a page shows, as it stands in the address. A value that makes no sense is the default:
 * an address may have been typed, or be of another version.
 */
const viewSchema = z.object({
  page: z.enum(['runs', 'compare', 'run', 'playground', 'train']).catch('runs'),
  /** Names of the runs that were picked. */
  runs: z.array(z.string()).catch([]),
  /** Part of a name, arm or setting. */
  filter: z.string().catch(''),
  sort: z
    .enum(['created', 'status', 'name', 'arm', 'best', 'accuracy', 'lowest', 'loss', 'duration'])
    .catch('created'),
  descending: flag.catch(true),
  x: z.enum(['epoch', 'time']).catch('epoch'),
  log: flag.catch(false),
  /** Weight of the past in the exponential moving mean, 0 for none. */
  smooth: z.coerce.number().min(0).max(0.95).catch(0),
  /** Means over the runs of an arm, with their band, in place of single runs. */
  group: flag.catch(false),
  /** First and last x of the charts, in epochs or minutes; null for all. */
  from: z.coerce.number().nullable().catch(null),
  to: z.coerce.number().nullable().catch(null),
  /** Cell of the confusion matrix whose images are shown: `true-predicted`. */
  cell: z
    .string()
    .regex(/^\d+-\d+$/)
    .nullable()
    .catch(null),
  /** What computes on the pages that do. */
  backend: z.enum(['auto', 'webgpu', 'webgl', 'wasm', 'cpu']).catch('auto'),
  /** Dropout rate of the masks of the playground, null for the model's own. */
  masked: z.coerce.number().min(0).max(MOST_DROPPED).nullable().catch(null),
  /** Test image in the playground. */
  image: z.coerce.number().int().min(0).catch(0),
  /** What is trained in the page: with dropout, without, or both side by side. */
  arms: z.enum(['both', 'with', 'without']).catch('both'),
});

/** The state of the page: one object, kept in the address. */
export interface View extends z.output<typeof viewSchema> {
  /** Settings of what is trained in the page, as far as they are not the page's defaults. */
  readonly values: FlagValues;
}

/** Null where the address says nothing, which no number stands for. */
const nothingChosen = { from: null, to: null, cell: null, masked: null };

/** What a page shows when its address says nothing. */
export const defaultView: View = {
  ...viewSchema.parse({ page: 'runs', runs: [], ...nothingChosen }),
  values: {},
};

/** The view that an address' fragment describes: `#/compare?runs=a&runs=b&log=yes`, `#/train?dropout=0.3`. */
export const parseAddress = (fragment: string): View => {
  const [path = '', query = ''] = fragment.replace(/^#?\/?/, '').split('?', 2);
  const parameters = new URLSearchParams(query);
  const given = Object.fromEntries(parameters);
  const flags = runFlags.filter(({ name }) => parameters.has(name));
  return {
    ...viewSchema.parse({ ...nothingChosen, ...given, page: path, runs: parameters.getAll('runs') }),
    values: sensibleValues(Object.fromEntries(flags.map(({ name }) => [name, given[name]!]))),
  };
};

/** The fragment that describes a view; what is the default is left out. */
export const addressOf = ({ page, values, ...view }: View): string => {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(view)) {
    if (value === defaultView[key as keyof View]) continue;
    if (Array.isArray(value)) for (const one of value) parameters.append(key, one);
    else if (typeof value === 'boolean') parameters.set(key, value ? 'yes' : 'no');
    else if (value !== null) parameters.set(key, String(value));
  }
  for (const [name, text] of Object.entries(values)) parameters.set(name, text);
  const query = parameters.toString();
  return `#/${page}${query === '' ? '' : `?${query}`}`;
};
