/** How a backend of a graphics processor is started in a browser. */
export interface GraphicsOptions {
  /** Refuses a program on the processor that stands in for a graphics processor. */
  readonly onlyHardware?: boolean;
  /** Called when the graphics processor is gone (its driver failed or slept, or the browser took it away): nothing that runs there ends any more. */
  readonly onLost?: (() => void) | undefined;
}
