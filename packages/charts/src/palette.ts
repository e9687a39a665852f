export { armColour, armDashes, armPattern, HUES, paletteCss } from './theme/colours.ts';
