export { armColour, HUES, paletteCss } from './theme/colours.ts';
