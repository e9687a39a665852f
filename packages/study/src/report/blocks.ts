/** A chart of the report, its colours by their names: see `standaloneSvg` of @dropout-lab/charts. */
export interface ReportChart {
  /** File name without its ending. */
  readonly name: string;
  readonly caption: string;
  readonly svg: SVGSVGElement;
  /** Has photographs in it, which do not get sharper when it is enlarged. */
  readonly isPhotographic?: boolean;
}

/** The parts of a report, whatever it is written in. Text is plain. */
export type ReportBlock =
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | {
      readonly kind: 'table';
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
    }
  | { readonly kind: 'charts'; readonly charts: readonly ReportChart[] };

export const paragraph = (text: string): ReportBlock => ({ kind: 'paragraph', text });
export const heading = (text: string, level: 2 | 3 = 2): ReportBlock => ({ kind: 'heading', level, text });
