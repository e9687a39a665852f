export { ViewerError } from './server/errors.ts';
export { type ExportOptions, exportViewer } from './server/export-viewer.ts';
export { startViewer, type Viewer, type ViewerOptions } from './server/start-viewer.ts';
