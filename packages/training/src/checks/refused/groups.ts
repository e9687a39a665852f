import type { RefusedGroup } from './case.ts';
import { ofBatches } from './of-batches.ts';
import { ofConfigurations } from './of-configurations.ts';
import { ofLosses } from './of-losses.ts';
import { ofModels } from './of-models.ts';

/** All that is refused, in the order of docs/honoured.md. */
export const refused: readonly RefusedGroup[] = [ofModels, ofLosses, ofBatches, ofConfigurations];
