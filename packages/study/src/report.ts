export { type ArmGallery, MOST_GALLERIES } from './report/arm-gallery.ts';
export { ReportError, reportFiles, requireReportPlace, writeReport } from './report/write-report.ts';
