/** Options of the backends that run on a graphics processor in a browser. */
export interface GraphicsOptions {
  /** Refuses software that stands in for a graphics processor. */
  readonly onlyHardware?: boolean;
  /**
   * Called when the graphics processor is gone: its driver failed or slept, or the browser took it away. Operations in progress
   * may then never end.
   */
  readonly onLost?: (() => void) | undefined;
}
