import { Message } from './message.tsx';

interface OpeningProps {
  readonly drawn: { readonly state: 'loading' } | { readonly state: 'failed'; readonly reason: string };
  /** A word for them: `run`, `runs`. */
  readonly word: string;
}

/** Stands in the place of runs until their epochs are loaded, or says why they are not. */
export const Opening = ({ drawn, word }: OpeningProps) =>
  drawn.state === 'loading' ? (
    <Message busy title={`Loading the ${word}`} />
  ) : (
    <Message title={`The ${word} could not be loaded`}>
      <p>{drawn.reason}</p>
    </Message>
  );
