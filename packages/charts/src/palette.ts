export { armColour, HUES, paletteCss } from './colours.ts';
