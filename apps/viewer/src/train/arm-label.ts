import { type RunConfig, valueAt } from '@dropout-lab/contracts';
import { WITH_DROPOUT, WITHOUT_DROPOUT } from '@dropout-lab/study';
import type { Arm } from '../shared/runs/arms.ts';
import { runFlags, settingIn } from '../shared/settings/flag-values.ts';
import { settingInWords } from '../shared/settings/setting-words.ts';
import { type ArmName, COMPARED } from './settings.ts';

const compared = runFlags.find(({ name }) => name === COMPARED)!;

/** Returns the label and hue of an arm that is trained on the page. */
export const armOf = ({ name, config }: { readonly name: ArmName; readonly config: RunConfig }): Arm => {
  const setting = settingIn(compared, config);
  const label = setting ? settingInWords(setting.path, valueAt(config, setting.path)) : name;
  return { key: name, label, color: name === 'with' ? WITH_DROPOUT : WITHOUT_DROPOUT, settings: [label] };
};
