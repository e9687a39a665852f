export { armColour, armDashes, armPattern, HUES, paletteCss, TRAINING_DASHES } from './theme/colours.ts';
