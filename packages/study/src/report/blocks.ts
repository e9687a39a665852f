/** A picture of the report, in the colours' names: see `withTheme`. */
export interface ReportFigure {
  /** File name without its ending. */
  readonly name: string;
  readonly caption: string;
  readonly svg: string;
  /** Has photographs in it, which do not get sharper when it is enlarged. */
  readonly isPhotographic?: boolean;
}

/** What a report is made of, whatever it is written in. Text is plain. */
export type ReportBlock =
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | {
      readonly kind: 'table';
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
    }
  | { readonly kind: 'figures'; readonly figures: readonly ReportFigure[] };
