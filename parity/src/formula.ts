import type {
  ConstraintConfig,
  ConstraintName,
  LayerInput,
  LayerKind,
  LayerSpec,
  LossConfig,
  LossName,
  OptimizerConfig,
  OptimizerName,
  RunConfigInput,
  ScheduleName,
} from '@dropout-lab/contracts';
import type { HeadActivation } from '@dropout-lab/model';

/** A family that has formulas; keras/formulas.py knows the module of Keras that each is in. */
export type Family = 'optimizers' | 'schedules' | 'losses' | 'constraints' | 'layers';

/**
 * Where a setting of ours goes in Keras: an argument of this name, one that takes a member of another family, or null
 * where it is no argument.
 */
type Place = string | { readonly argument: string; readonly family: Family } | null;

/** What a member of a family is in Keras: data that keras/formulas.py applies. */
export interface Formula<Setting extends PropertyKey, Case> {
  /** The class, in Keras's module of the family. */
  readonly keras: string;
  /** Each setting of ours. */
  readonly settings: { readonly [Name in Setting]: Place };
  /** What is compared with Keras: the defaults, or what is nearest to them, first. Together they move every setting. */
  readonly cases: readonly [Case, ...Case[]];
}

type SettingOf<Config, Tag extends string, Name> = Exclude<
  keyof Extract<Config, { readonly [Key in Tag]: Name }>,
  Tag | 'name'
>;
/** What a user writes of a member besides its name. */
type InputOf<Input, Tag extends string, Name> = Input extends { readonly [Key in Tag]?: infer Names }
  ? Name extends Names
    ? Omit<Input, Tag>
    : never
  : never;

export type OptimizerFormula<Name extends OptimizerName> = Formula<
  SettingOf<OptimizerConfig, 'name', Name>,
  InputOf<NonNullable<RunConfigInput['optimizer']>, 'name', Name>
> & {
  /** The attribute of Keras's optimizer that has each slot of ours, one for each trainable variable or none at all. */
  readonly slots: Readonly<Record<string, string>>;
};

type ScheduleInput = NonNullable<RunConfigInput['schedule']>;

/** Without a class it is the learning rate itself. */
export type ScheduleFormula<Name extends ScheduleName> = Omit<
  Formula<SettingOf<ScheduleInput, 'name', Name>, InputOf<ScheduleInput, 'name', Name>>,
  'keras'
> & {
  readonly keras: string | null;
  /** The argument that takes the optimizer's learning rate. */
  readonly initial: string | null;
};

export type LossFormula<Name extends LossName> = Formula<
  SettingOf<LossConfig, 'name', Name>,
  InputOf<Partial<LossConfig>, 'name', Name>
> & {
  /** The activations that it is computed behind. */
  readonly heads: readonly HeadActivation[];
};

export type ConstraintFormula<Name extends ConstraintName> = Formula<
  SettingOf<ConstraintConfig, 'name', Name>,
  { readonly shape: readonly number[]; readonly settings: InputOf<Partial<ConstraintConfig>, 'name', Name> }
>;

export type LayerFormula<Kind extends LayerKind> = Formula<
  SettingOf<LayerSpec, 'kind', Kind>,
  {
    /** Shape without the batch: height, width and channels, or a row of numbers. */
    readonly input: readonly number[];
    readonly settings: InputOf<LayerInput, 'kind', Kind>;
  }
> & {
  /** The setting with layers whose output goes into Keras's layer beside the input. */
  readonly inner?: string;
  /** Of an image it makes a row of numbers. */
  readonly flattens?: true;
};
