import { bytes, double, encodeMessage, type Field, float, message, text, whole } from './message.ts';
import { encodeRecord } from './record.ts';

/** A value of a setting, as TensorBoard's table of hyperparameters takes it. */
export type BoardSetting = number | string | boolean;

/** The content of a TensorBoard event; a plugin of TensorBoard's shows each kind. */
export type BoardValue =
  /** A point of a curve. */
  | { readonly kind: 'scalar'; readonly tag: string; readonly value: number }
  /** Markdown. */
  | { readonly kind: 'text'; readonly tag: string; readonly text: string }
  /** A run's settings, and that it has begun. */
  | {
      readonly kind: 'settings';
      readonly name: string;
      readonly settings: Readonly<Record<string, BoardSetting>>;
    }
  /** That a run has ended. */
  | { readonly kind: 'end'; readonly succeeded: boolean };

/** An event of TensorBoard. */
export interface BoardEvent {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** A whole number of at least 0: the place on the horizontal axis. */
  readonly step: number;
  readonly value: BoardValue;
}

// Numbers of fields are those of event.proto, summary.proto, tensor.proto and types.proto of TensorFlow, and of
// plugins/hparams/plugin_data.proto of TensorBoard.

const wallTime = (time: number): Field => double(1, time / 1000);

/**
 * Returns the beginning of an event file. Whoever reads it while it is written, and knows an earlier file of the run, forgets
 * what that one had.
 */
export const encodeBoardHead = (time: number): Uint8Array => {
  const fileVersion = encodeMessage(wallTime(time), text(3, 'brain.Event:2'));
  // SessionLog: START.
  const start = encodeMessage(wallTime(time), message(7, whole(1, 1)));
  return Uint8Array.from([...encodeRecord(fileVersion), ...encodeRecord(start)]);
};

/** Returns an event as a record of an event file. */
export const encodeBoardEvent = ({ time, step, value }: BoardEvent): Uint8Array =>
  encodeRecord(
    encodeMessage(wallTime(time), whole(2, step), message(5, message(1, ...summaryOf(value, time)))),
  );

const FLOAT = 1;
const STRING = 7;
/** DATA_CLASS_SCALAR and DATA_CLASS_TENSOR. */
const SCALARS = 1;
const TENSORS = 2;

const tensor = (dtype: number, content: Field): Field => message(8, whole(1, dtype), message(2), content);

const metadata = (plugin: string, dataClass: number, content: Field = []): Field =>
  message(9, message(1, text(1, plugin), content), ...(dataClass === 0 ? [] : [whole(4, dataClass)]));

const hparams = (tag: string, ...content: readonly Field[]): Field[] => [
  text(1, tag),
  tensor(FLOAT, float(5, 0)),
  metadata('hparams', 0, bytes(2, encodeMessage(...content))),
];

const summaryOf = (value: BoardValue, time: number): Field[] => {
  switch (value.kind) {
    case 'scalar':
      return [text(1, value.tag), tensor(FLOAT, float(5, value.value)), metadata('scalars', SCALARS)];
    case 'text':
      return [text(1, value.tag), tensor(STRING, text(8, value.text)), metadata('text', TENSORS)];
    case 'settings': {
      const entries = Object.entries(value.settings).map(([name, setting]) =>
        message(1, text(1, name), message(2, settingField(setting))),
      );
      return hparams(
        '_hparams_/session_start_info',
        message(3, ...entries, text(4, value.name), double(5, time / 1000)),
      );
    }
    case 'end':
      return hparams(
        '_hparams_/session_end_info',
        message(4, whole(1, value.succeeded ? 1 : 2), double(2, time / 1000)),
      );
  }
};

/** As google.protobuf.Value has it. */
const settingField = (setting: BoardSetting): Field => {
  if (typeof setting === 'number') return double(2, setting);
  return typeof setting === 'string' ? text(3, setting) : whole(4, setting);
};
