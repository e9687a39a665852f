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
  RegularizerConfig,
  RegularizerName,
  RunConfigInput,
  ScheduleName,
} from '@dropout-lab/contracts';
import type { HeadActivation } from '@dropout-lab/model';

/** A family with formulas; keras/formulas.py knows Keras's module for each. */
export type Family = 'optimizers' | 'schedules' | 'losses' | 'constraints' | 'regularizers' | 'layers';

/**
 * The argument of Keras that takes a setting of ours: its name, an argument that takes a member of another family, or
 * null where it is no argument.
 */
type Place = string | { readonly argument: string; readonly family: Family } | null;

/** A family's member in Keras, as data that keras/formulas.py applies. */
export interface Formula<Setting extends PropertyKey, Case> {
  /** Its class, in Keras's module of the family. */
  readonly keras: string;
  /** The place of each setting of ours. */
  readonly settings: { readonly [Name in Setting]: Place };
  /** The settings to compare with Keras: first the defaults, or the nearest to them. Together they change every setting. */
  readonly cases: readonly [Case, ...Case[]];
}

type SettingOf<Config, Tag extends string, Name> = Exclude<
  keyof Extract<Config, { readonly [Key in Tag]: Name }>,
  Tag | 'name'
>;
/** The settings that a user writes for a member besides its name. */
type InputOf<Input, Tag extends string, Name> = Input extends { readonly [Key in Tag]?: infer Names }
  ? Name extends Names
    ? Omit<Input, Tag>
    : never
  : never;

export type OptimizerFormula<Name extends OptimizerName> = Formula<
  SettingOf<OptimizerConfig, 'name', Name>,
  InputOf<NonNullable<RunConfigInput['optimizer']>, 'name', Name>
> & {
  /** The attribute of Keras's optimizer for each slot of ours: a list of one array for each trainable variable, or none. */
  readonly slots: Readonly<Record<string, string>>;
};

type ScheduleInput = NonNullable<RunConfigInput['schedule']>;

/** The formula of a schedule; without a class it is the learning rate itself; keras/formulas.py has those that Keras does not. */
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
  /** The activations after which it is compared. */
  readonly heads: readonly HeadActivation[];
};

export type ConstraintFormula<Name extends ConstraintName> = Formula<
  SettingOf<ConstraintConfig, 'name', Name>,
  { readonly shape: readonly number[]; readonly settings: InputOf<Partial<ConstraintConfig>, 'name', Name> }
>;

export type RegularizerFormula<Name extends RegularizerName> = Formula<
  SettingOf<RegularizerConfig, 'name', Name>,
  { readonly shape: readonly number[]; readonly settings: InputOf<Partial<RegularizerConfig>, 'name', Name> }
>;

export type LayerFormula<Kind extends LayerKind> = Formula<
  SettingOf<LayerSpec, 'kind', Kind>,
  {
    /** Shape without the batch: height, width and channels, or a row of numbers. */
    readonly input: readonly number[];
    readonly settings: InputOf<LayerInput, 'kind', Kind>;
  }
> & {
  /** The setting that has inner layers; Keras's layer takes their output beside the input. */
  readonly inner?: string;
  /** Set when it turns an image into a row of numbers. */
  readonly flattens?: true;
};
