import { z } from 'zod';
import { type FlagValues, runFlags, sensibleValues } from './settings/flag-values.ts';

const flag = z.stringbool({ truthy: ['yes'], falsy: ['no'] });

/** The steps of the page Learn, by their names in the address: `#/learn/mask`. */
export const LEARN_STEPS = ['by-heart', 'mask', 'networks', 'rate', 'max-norm', 'your-turn'] as const;

export type LearnStep = (typeof LEARN_STEPS)[number];

/** The highest dropout rate on the sliders. */
export const MOST_DROPPED = 0.9;

/**
 * Everything that decides what a page shows, as it is in the address. A value that makes no sense becomes the default:
 * an address may have been typed, or come from another version.
 */
const viewSchema = z.object({
  page: z.enum(['runs', 'compare', 'run', 'playground', 'train', 'learn']).catch('runs'),
  /** The step of Learn that is in sight; null for its beginning, and on other pages. */
  step: z.enum(LEARN_STEPS).nullable().catch(null),
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
  /** Weight of the past in the exponential moving mean; 0 for no smoothing. */
  smooth: z.coerce.number().min(0).max(0.95).catch(0),
  /** Means over the runs of an arm, with their band, in place of single runs; null to have means of many runs only. */
  group: flag.nullable().catch(null),
  /** First and last x of the charts, in epochs or minutes; null for all. */
  from: z.coerce.number().nullable().catch(null),
  to: z.coerce.number().nullable().catch(null),
  /** Cell of the confusion matrix whose images are shown: `true-predicted`. */
  cell: z
    .string()
    .regex(/^\d+-\d+$/)
    .nullable()
    .catch(null),
  /** The backend of the pages that compute. */
  backend: z.enum(['auto', 'webgpu', 'webgl', 'wasm', 'cpu']).catch('auto'),
  /** Dropout rate of the masks of the playground, null for the model's own. */
  masked: z.coerce.number().min(0).max(MOST_DROPPED).nullable().catch(null),
  /** Index of the test image in the playground. */
  image: z.coerce.number().int().min(0).catch(0),
  /** The runs that are trained on the page: with dropout, without, or both side by side. */
  arms: z.enum(['both', 'with', 'without']).catch('both'),
});

/** The state of the page: one object, kept in the address. */
export interface View extends z.output<typeof viewSchema> {
  /** Settings of the runs that are trained on the page, apart from the page's defaults. */
  readonly values: FlagValues;
}

/** Null where the address has no value, and no number stands for that. */
const nothingChosen = { step: null, group: null, from: null, to: null, cell: null, masked: null };

/** The view of an address without settings. */
export const defaultView: View = {
  ...viewSchema.parse({ page: 'runs', runs: [], ...nothingChosen }),
  values: {},
};

/** Returns the view that an address' fragment describes: `#/compare?runs=a&runs=b&log=yes`, `#/train?dropout=0.3`. */
export const parseAddress = (fragment: string): View => {
  const [path = '', query = ''] = fragment.replace(/^#?\/?/, '').split('?', 2);
  const [page, part] = path.split('/', 2);
  const parameters = new URLSearchParams(query);
  const given = Object.fromEntries(parameters);
  const flags = runFlags.filter(({ name }) => parameters.has(name));
  return {
    ...viewSchema.parse({
      ...nothingChosen,
      ...given,
      page,
      step: page === 'learn' ? part : null,
      runs: parameters.getAll('runs'),
    }),
    values: sensibleValues(Object.fromEntries(flags.map(({ name }) => [name, given[name]!]))),
  };
};

/** Returns the fragment that describes a view, without what is the default. */
export const addressOf = ({ page, step, values, ...view }: View): string => {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(view)) {
    if (value === defaultView[key as keyof View]) continue;
    if (Array.isArray(value)) for (const one of value) parameters.append(key, one);
    else if (typeof value === 'boolean') parameters.set(key, value ? 'yes' : 'no');
    else if (value !== null) parameters.set(key, String(value));
  }
  for (const [name, text] of Object.entries(values)) parameters.set(name, text);
  const query = parameters.toString();
  const path = step === null ? page : `${page}/${step}`;
  return `#/${path}${query === '' ? '' : `?${query}`}`;
};
