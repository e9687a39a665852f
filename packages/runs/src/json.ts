/** JSON as every file of a run directory has it. */
export const toJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
