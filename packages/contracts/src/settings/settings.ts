import { z } from 'zod';
import { isPlain } from './plain.ts';

/** The parts of a setting's description besides its schema. */
export interface SettingMeta {
  /** One sentence, without a full stop. */
  readonly description?: string | undefined;
  /** The unit of its values: `images`, `steps`, `epochs`. */
  readonly unit?: string | undefined;
  /** The option of the command that sets it, without dashes. */
  readonly flag?: string | undefined;
  /** A short name for where there is little room: `dropout`; its flag in words when left out. */
  readonly label?: string | undefined;
  /** The name of the setting beside it that has to be on, since this one does nothing otherwise. */
  readonly needs?: string | undefined;
  /** The name of the setting beside it that takes its place unless it is null. */
  readonly replacedBy?: string | undefined;
}

/** Gives a setting its help text and, where it has them, unit, short flag and label. Called last: a default added after it would hide them. */
export const setting = <S extends z.ZodType>(
  schema: S,
  description: string,
  meta: Omit<SettingMeta, 'description'> = {},
): S => schema.meta({ description, ...meta });

/** Returns the schema of a setting that is off, on, or on in a way with a name: `false`, `true`, `'alternating'`. */
export const switchOr = <const Names extends readonly [string, ...string[]]>(names: Names) => {
  const expected = `true, false or ${names.join(' or ')}`;
  return z.union([z.boolean(), z.enum(names)], `expected ${expected}`).meta({ expected });
};

/** One setting of a described configuration. */
export interface Setting extends SettingMeta {
  /** Its keys joined by dots: `optimizer.beta2`; in a list `[]` stands for every index: `callbacks[].patience`. */
  readonly path: string;
  /** The family and the member that it belongs to, `optimizer` and `adam`; undefined for settings that all members have. */
  readonly of: { readonly path: string; readonly name: string } | undefined;
  /** A `switch` is a boolean that is also one of some choices: the ways in which it can be on. */
  readonly kind: 'number' | 'boolean' | 'switch' | 'choice' | 'text' | 'list' | 'object';
  /** Its rule in words: `a number of at least 0 and below 1`. */
  readonly expected: string;
  /** The values of a choice, those of a switch besides true and false, and names that stand for a list; empty for other kinds. */
  readonly choices: readonly string[];
  /** Bounds of a number, where it has them; `step` is 1 for whole numbers. */
  readonly range: { readonly min?: number; readonly max?: number; readonly step?: number };
  /** The path that `none` on the command line sets to null: the setting's own, or that of the object around it. */
  readonly none: string | undefined;
  /** The path of the object around it, where that may be null as a whole; undefined elsewhere. */
  readonly parent: string | undefined;
  /** The path of the setting that has to be on, since this one does nothing otherwise. */
  readonly needs?: string | undefined;
  /** The path of the setting that takes its place unless it is null. */
  readonly replacedBy?: string | undefined;
  /** The default value; undefined where a value must be given. */
  readonly default: unknown;
}

type Def = { readonly type: string } & Record<string, unknown>;
const defOf = (schema: z.ZodType): Def => schema._zod.def as unknown as Def;

const wrappers = ['default', 'prefault', 'optional', 'nullable', 'nonoptional', 'readonly', 'catch'];

/** Removes a schema's wrappers and returns what they declare: its default, whether it can be null, its description. */
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

/** Returns the members of a family by name; undefined for a schema that is none. The discriminator is `name`, `kind` or `preset`. */
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

/** The schema of a list's items; of a union, of the list in it. */
export const elementOf = (schema: z.ZodType): z.ZodType | undefined =>
  defOf(schema).type === 'array'
    ? (defOf(schema)['element'] as z.ZodType)
    : optionsOf(schema)
        .map(elementOf)
        .find((element) => element !== undefined);

/** Returns the name of the family member that an object describes; a model without a preset is recognized by its layers. */
export const memberOf = (value: { readonly [key: string]: unknown }): unknown =>
  value['kind'] ?? value['preset'] ?? value['name'] ?? ('layers' in value ? 'layers' : undefined);

/** Returns the schema of an object's key; in a family, that of the member that a value describes, else of the first that has it. */
export const schemaOfKey = (schema: z.ZodType, value: unknown, key: string): z.ZodType | undefined => {
  const family = membersOf(schema);
  const shape = shapeOf(schema);
  if (!family) return shape && Object.hasOwn(shape, key) ? shape[key] : undefined;
  const described = isPlain(value) ? family.members.get(String(memberOf(value))) : undefined;
  const members = [...(described ? [described] : []), ...family.members.values()];
  return members.find((member) => Object.hasOwn(member.shape, key))?.shape[key] as z.ZodType | undefined;
};

/**
 * Lists every setting that a schema describes, in its order. Flags, tables, forms and `--set` are derived from the list. A
 * family gives a setting for the choice itself and the settings of each of its members.
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

/** The path of a setting beside another one, by its name. */
const beside = (path: string, name: string | undefined): string | undefined =>
  name === undefined ? undefined : path.replace(/\w+$/, name);

const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

const listAt = (
  path: string,
  schema: z.ZodType,
  { of, none, parent }: Partial<Pick<Setting, 'of' | 'none' | 'parent'>>,
): Setting[] => {
  const { inner, nullable, meta, default: defaultValue } = unwrap(schema);
  const about = {
    path,
    of,
    none: nullable ? path : none,
    parent,
    default: defaultValue,
    range: {},
    choices: [],
    ...meta,
    needs: beside(path, meta.needs),
    replacedBy: beside(path, meta.replacedBy),
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
                defaultValue === null
                  ? null
                  : (defaultValue as Record<string, unknown> | undefined)?.[discriminator],
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
      listAt(join(path, key), one, { of, none: i === 0 ? whole : undefined, parent: whole }),
    );
  }
  const element = elementOf(inner);
  if (element) {
    const own: Setting = { ...about, kind: 'list', expected: expectedOf(inner), choices: choicesOf(inner) };
    const { inner: item } = unwrap(element);
    const hasSettings = membersOf(item) !== undefined || shapeOf(item) !== undefined;
    // A list that contains lists of its own kind is described once.
    return hasSettings && !path.includes('[]') ? [own, ...listAt(`${path}[]`, element, { of })] : [own];
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
    case 'union':
      if (isSwitch(schema)) return 'switch';
      return choicesOf(schema).length > 0 ? 'choice' : 'list';
    case 'tuple':
      return 'list';
    default:
      return 'object';
  }
};

/** The schemas of a union; none for another schema. */
const optionsOf = (schema: z.ZodType): z.ZodType[] =>
  defOf(schema).type === 'union' ? (defOf(schema)['options'] as z.ZodType[]) : [];

const isSwitch = (schema: z.ZodType): boolean =>
  optionsOf(schema).some((option) => defOf(option).type === 'boolean');

const choicesOf = (schema: z.ZodType): string[] =>
  defOf(schema).type === 'enum'
    ? Object.values(defOf(schema)['entries'] as Record<string, string>)
    : optionsOf(schema).flatMap(choicesOf);

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
    // Forms have closed bounds only; for whole numbers that is the next number inside.
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

/** Returns a schema's rule in words: its own, as in numbers.ts, else one made from its type. */
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
      return 'text';
    default:
      return 'a value';
  }
};
