import '@tensorflow/tfjs-backend-wasm';
import { startBackend } from '@dropout-lab/backend/node';
import { convolutionsTable } from './convolutions.ts';
import { describeMachine } from './machine.ts';
import { operationsTable, stockKernels } from './operations.ts';
import { trainingStepTable } from './training-step.ts';

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
