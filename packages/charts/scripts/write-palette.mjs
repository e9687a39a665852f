// The palette as a style sheet, for pages whose charts change with the reader's theme.
import { writeFileSync } from 'node:fs';
import { paletteCss } from '../dist/palette.js';

writeFileSync(new URL('../dist/palette.css', import.meta.url), paletteCss());
