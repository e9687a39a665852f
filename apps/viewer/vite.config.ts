import { paletteCss } from '@dropout-lab/charts/palette';
import { defineConfig, type Plugin } from 'vite';

/** Has the one font fetched with the page, so that the first text is set in it. */
const preloadFont: Plugin = {
  name: 'preload-font',
  transformIndexHtml: {
    order: 'post',
    handler: (_, { bundle = {} }) =>
      Object.keys(bundle)
        .filter((file) => file.endsWith('.woff2'))
        .map((file) => ({
          tag: 'link',
          attrs: { rel: 'preload', as: 'font', type: 'font/woff2', crossorigin: '', href: `./${file}` },
          injectTo: 'head-prepend' as const,
        })),
  },
};

/** Schemas and their setting in one file, which is so evaluated before every file that has schemas. */
const rolldownOptions = {
  // Reads files of Keras, which pages do not: 4 MB, which interchange imports and does not say to be without effects.
  treeshake: { moduleSideEffects: [{ test: /node_modules\/h5wasm\//, sideEffects: false }] },
  output: {
    codeSplitting: { groups: [{ name: 'schemas', test: /node_modules\/zod\/|\/src\/shared\/jitless\.ts/ }] },
  },
};

/** The charts' colours, which the pages have too. */
const palette: Plugin = {
  name: 'palette',
  resolveId: (id) => (id === 'virtual:palette.css' ? `\0${id}` : undefined),
  load: (id) => (id === '\0virtual:palette.css' ? paletteCss() : undefined),
};

/** The pages: static files that work from any folder of any web server, hence the relative base. */
export default defineConfig({
  base: './',
  plugins: [palette, preloadFont],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es', rolldownOptions },
  build: {
    outDir: 'dist/site',
    target: 'es2022',
    // The pages' policy allows no data: in scripts and styles, and what is inlined is loaded before it is needed.
    assetsInlineLimit: 0,
    rolldownOptions,
    modulePreload: { polyfill: false },
    // TensorFlow.js is large, and loads when a page needs it.
    chunkSizeWarningLimit: 1500,
  },
});
