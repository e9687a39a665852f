import { signal } from '@preact/signals';
import { z } from 'zod';
import type { Arm } from './arms.ts';

const STORED = 'dropout-lab/arm-names';

const namesSchema = z.record(z.string(), z.string());

const stored = (): Readonly<Record<string, string>> => {
  try {
    return namesSchema.parse(JSON.parse(localStorage.getItem(STORED) ?? '{}'));
  } catch {
    return {};
  }
};

/** The names that this browser's user has given to arms, by the arms' keys. */
export const armNames = signal(stored());

/** Names an arm on every page of this browser; an empty name gives it back that of its settings. */
export const renameArm = ({ key }: Pick<Arm, 'key'>, name: string): void => {
  const { [key]: _, ...others } = armNames.value;
  armNames.value = name.trim() === '' ? others : { ...others, [key]: name.trim() };
  try {
    localStorage.setItem(STORED, JSON.stringify(armNames.value));
  } catch {
    // A browser that stores nothing has the name until the page is left.
  }
};

/** Returns the arms under the names that they were given. */
export const withNames = (
  arms: ReadonlyMap<string, Arm>,
  names: Readonly<Record<string, string>>,
): ReadonlyMap<string, Arm> => {
  const known = new Map<Arm, Arm>();
  return new Map(
    [...arms].map(([run, arm]): [string, Arm] => {
      const named = known.get(arm) ?? { ...arm, label: names[arm.key] ?? arm.label };
      known.set(arm, named);
      return [run, named];
    }),
  );
};
