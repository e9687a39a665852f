/** The beginning of an `events.jsonl`, up to a moment. */
export interface LogBeginning {
  /** Its length. */
  readonly bytes: number;
  /** In hexadecimal. */
  readonly sha256: string;
}
