import { config } from 'zod';

// Schemas would otherwise try whether they may compile code, which the policy of the pages forbids and reports. To be
// imported before any module that has schemas.
config({ jitless: true });
