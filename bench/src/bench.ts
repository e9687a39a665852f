import '@tensorflow/tfjs-backend-wasm';
import { startBackend } from '@dropout-lab/backend/node';
import { convolutionsTable } from './kernels/convolutions.ts';
import { operationsTable, stockKernels } from './kernels/operations.ts';
import { trainingStepTable } from './kernels/training-step.ts';
import { describeMachine } from './shared/machine.ts';

const stock = stockKernels();
const tables: Readonly<Record<string, () => Promise<string>>> = {
  operations: () => operationsTable(stock),
  convolutions: convolutionsTable,
  step: trainingStepTable,
};

const asked = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(tables);
const unknown = asked.find((name) => !Object.hasOwn(tables, name));
if (unknown !== undefined) {
  console.error(`bench: expected tables among ${Object.keys(tables).join(', ')}, received ${unknown}`);
  process.exit(2);
}

console.log(await describeMachine(await startBackend('wasm')));
for (const name of asked) console.log(`\n${await tables[name]!()}`);
