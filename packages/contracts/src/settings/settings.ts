import type { z } from 'zod';
import { isPlain } from './plain.ts';

/** What a description says of a setting besides its schema. */
export interface SettingMeta {
  /** One sentence, without a full stop. */
  readonly description?: string | undefined;
  /** What a value counts: `images`, `steps`, `epochs`. */
  readonly unit?: string | undefined;
  /** The option of the command that sets it, without dashes. */
  readonly flag?: string | undefined;
  /** How a person calls it where there is little room: `dropout`; its flag in words when left out. */
  readonly label?: string | undefined;
}

/** Gives a setting its help, and where it has them a unit, a short flag and a label. Comes last: a default behind it would hide it. */
export const setting = <S extends z.ZodType>(
  schema: S,
  description: string,
  meta: Omit<SettingMeta, 'description'> = {},
): S => schema.meta({ description, ...meta });

/** One setting of a described configuration. */
export interface Setting extends SettingMeta {
  /** Keys that lead to it, joined by dots: `optimizer.beta2`; in a list `[]` stands for every place: `callbacks[].patience`. */
  readonly path: string;
  /** Of a setting that only some choices of its family have: the family's place and the choice, `optimizer` and `adam`. */
  readonly of: { readonly path: string; readonly name: string } | undefined;
  readonly kind: 'number' | 'boolean' | 'choice' | 'text' | 'list' | 'object';
  /** What it may be: `a number of at least 0 and below 1`. */
  readonly expected: string;
  /** Of a choice. */
  readonly choices: readonly string[];
  /** Bounds of a number, where it has them; `step` 1 of whole numbers. */
  readonly range: { readonly min?: number; readonly max?: number; readonly step?: number };
  /** Null, or `none` on the command line, is a value too: of the setting itself, or of the object that holds it. */
  readonly none: string | undefined;
  /** The object that holds it and may be left out as a whole, being null; undefined where there is none. */
  readonly holder: string | undefined;
  /** Undefined where there is no default and a value must be given. */
  readonly default: unknown;
}

type Def = { readonly type: string } & Record<string, unknown>;
const defOf = (schema: z.ZodType): Def => schema._zod.def as unknown as Def;

const wrappers = ['default', 'prefault', 'optional', 'nullable', 'nonoptional', 'readonly', 'catch'];

/** What lies under a schema's wrappers, and what they say: its default, whether it can be null, its description. */
export const unwrap = (
  schema: z.ZodType,
): {
  readonly inner: z.ZodType;
  readonly hasDefault: boolean;
  readonly default: unknown;
  readonly nullable: boolean;
  readonly meta: SettingMeta;
} => {
  const meta = (schema.meta() ?? {}) as SettingMeta;
  const def = defOf(schema);
  if (def.type === 'pipe') {
    const out = unwrap(def['out'] as z.ZodType);
    return { ...out, meta: { ...out.meta, ...meta } };
  }
  if (!wrappers.includes(def.type)) {
    return { inner: schema, hasDefault: false, default: undefined, nullable: false, meta };
  }
  const below = unwrap(def['innerType'] as z.ZodType);
  const hasDefault = def.type === 'default' || def.type === 'prefault';
  return {
    ...below,
    ...(hasDefault && { hasDefault, default: schema.parse(undefined) }),
    nullable: below.nullable || def.type === 'nullable',
    meta: { ...below.meta, ...meta },
  };
};

/** The members of a family by name, when a schema is one; its discriminator is `name`, `kind` or `preset`. */
export const membersOf = (
  schema: z.ZodType,
): { readonly discriminator: string; readonly members: ReadonlyMap<string, z.ZodObject> } | undefined => {
  const def = defOf(schema);
  if (def.type !== 'union' || typeof def['discriminator'] !== 'string') return undefined;
  const discriminator = def['discriminator'];
  const members = (def['options'] as z.ZodObject[]).map((member): [string, z.ZodObject] => {
    const { inner } = unwrap(member.shape[discriminator] as z.ZodType);
    return [String((defOf(inner)['values'] as unknown[])[0]), member];
  });
  return { discriminator, members: new Map(members) };
};

export const shapeOf = (schema: z.ZodType): Readonly<Record<string, z.ZodType>> | undefined =>
  defOf(schema).type === 'object' ? ((schema as z.ZodObject).shape as Record<string, z.ZodType>) : undefined;

export const elementOf = (schema: z.ZodType): z.ZodType | undefined =>
  defOf(schema).type === 'array' ? (defOf(schema)['element'] as z.ZodType) : undefined;

/** Which member of a family an object describes; a model without a preset is known by its list of layers. */
export const memberOf = (value: { readonly [key: string]: unknown }): unknown =>
  value['kind'] ?? value['preset'] ?? value['name'] ?? ('layers' in value ? 'layers' : undefined);

/** The schema of a key of an object; of a family, in the member that a value describes, else the first that has it. */
export const schemaOfKey = (schema: z.ZodType, value: unknown, key: string): z.ZodType | undefined => {
  const family = membersOf(schema);
  const shape = shapeOf(schema);
  if (!family) return shape && Object.hasOwn(shape, key) ? shape[key] : undefined;
  const described = isPlain(value) ? family.members.get(String(memberOf(value))) : undefined;
  const members = [...(described ? [described] : []), ...family.members.values()];
  return members.find((member) => Object.hasOwn(member.shape, key))?.shape[key] as z.ZodType | undefined;
};

/**
 * Every setting that a schema describes, in its order: what flags, tables, forms and `--set` are derived from. A
 * family gives a setting for the choice itself and those of each of its members.
 */
export const listSettings = (schema: z.ZodType): readonly Setting[] => {
  const known = listed.get(schema);
  if (known !== undefined) return known;
  const settings = listAt('', schema, {});
  listed.set(schema, settings);
  return settings;
};

/** A schema never changes, and every option that is read asks for its settings several times. */
const listed = new WeakMap<z.ZodType, readonly Setting[]>();

const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

const listAt = (
  path: string,
  schema: z.ZodType,
  { of, none, holder }: Partial<Pick<Setting, 'of' | 'none' | 'holder'>>,
): Setting[] => {
  const { inner, nullable, meta, default: byDefault } = unwrap(schema);
  const about = {
    path,
    of,
    none: nullable ? path : none,
    holder,
    default: byDefault,
    range: {},
    choices: [],
    ...meta,
  };
  const family = membersOf(inner);
  if (family) {
    const { discriminator, members } = family;
    const own: Setting[] =
      path === '' || path.endsWith('[]')
        ? []
        : [
            {
              ...about,
              path: join(path, discriminator),
              kind: 'choice',
              expected: `one of ${[...members.keys()].join(', ')}`,
              choices: [...members.keys()],
              default:
                byDefault === null
                  ? null
                  : (byDefault as Record<string, unknown> | undefined)?.[discriminator],
            },
          ];
    return [
      ...own,
      ...[...members].flatMap(([name, member]) =>
        Object.entries(member.shape)
          .filter(([key]) => key !== discriminator)
          .flatMap(([key, one]) => listAt(join(path, key), one as z.ZodType, { of: { path, name } })),
      ),
    ];
  }
  const shape = shapeOf(inner);
  if (shape) {
    const whole = nullable ? path : none;
    // The first setting of an object stands for the whole of it.
    return Object.entries(shape).flatMap(([key, one], i) =>
      listAt(join(path, key), one, { of, none: i === 0 ? whole : undefined, holder: whole }),
    );
  }
  const element = elementOf(inner);
  if (element) {
    const own: Setting = { ...about, kind: 'list', expected: expectedOf(inner) };
    const isFamily = membersOf(unwrap(element).inner) !== undefined;
    // A list that holds lists of its own kind is described once.
    return isFamily && !path.includes('[]') ? [own, ...listAt(`${path}[]`, element, { of })] : [own];
  }
  return [
    {
      ...about,
      kind: kindOf(inner),
      expected: expectedOf(inner),
      range: rangeOf(inner),
      choices: choicesOf(inner),
    },
  ];
};

const kindOf = (schema: z.ZodType): Setting['kind'] => {
  switch (defOf(schema).type) {
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'enum':
      return 'choice';
    case 'string':
      return 'text';
    case 'tuple':
    case 'union':
      return 'list';
    default:
      return 'object';
  }
};

const choicesOf = (schema: z.ZodType): string[] =>
  defOf(schema).type === 'enum' ? Object.values(defOf(schema)['entries'] as Record<string, string>) : [];

interface Check {
  readonly check: string;
  readonly value?: number;
  readonly inclusive?: boolean;
  readonly format?: string;
}

const checksOf = (schema: z.ZodType): Check[] =>
  ((defOf(schema)['checks'] ?? []) as { _zod: { def: Check } }[]).map((check) => check._zod.def);

const rangeOf = (schema: z.ZodType): Setting['range'] => {
  if (defOf(schema).type !== 'number') return {};
  const checks = checksOf(schema);
  const isWhole = checks.some(({ format }) => format === 'safeint');
  const bound = (kind: string): number | undefined => {
    const found = checks.find(({ check }) => check === kind);
    if (found?.value === undefined) return undefined;
    // A form knows no open bounds; for whole numbers the next one inside is closed.
    if (found.inclusive || !isWhole) return found.value;
    return kind === 'greater_than' ? found.value + 1 : found.value - 1;
  };
  const min = bound('greater_than');
  const max = bound('less_than');
  return {
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(isWhole && { step: 1 }),
  };
};

/** The rule of a schema that says it in its own words, as those of numbers.ts do, else what kind of thing it is. */
const expectedOf = (schema: z.ZodType): string => {
  const said = (schema.meta() as { readonly expected?: string } | undefined)?.expected;
  if (said !== undefined) return said;
  const choices = choicesOf(schema);
  if (choices.length > 0) return `one of ${choices.join(', ')}`;
  switch (defOf(schema).type) {
    case 'boolean':
      return 'true or false';
    case 'array': {
      const element = elementOf(schema)!;
      const { inner, nullable } = unwrap(element);
      return membersOf(inner)
        ? `a list of ${[...membersOf(inner)!.members.keys()].join(', ')}`
        : `a list, each ${expectedOf(inner)}${nullable ? ' or null' : ''}`;
    }
    case 'string':
      return 'a text';
    default:
      return 'a value';
  }
};
