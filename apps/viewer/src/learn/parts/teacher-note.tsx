import { useState } from 'preact/hooks';
import { announce } from '../../shared/controls/announcements.tsx';
import { embedLine } from '../embed.ts';
import type { Step } from '../step.ts';
import './teacher-note.css';

/** For teachers: a question, the expected answer, and the line that puts the step into another page. */
export const TeacherNote = ({ step }: { readonly step: Step }) => {
  const { name, title, question, answer, frameHeight } = step;
  const [copied, setCopied] = useState<string>();
  const line = embedLine(name, title, frameHeight);
  const say = (text: string): void => {
    setCopied(text);
    announce(text);
  };
  const copy = async (): Promise<void> => {
    try {
      // Pages without TLS on other machines have no clipboard.
      await navigator.clipboard.writeText(line);
      say('Copied');
    } catch {
      say('The browser does not let this page copy: select the line and copy it');
    }
  };
  return (
    <details class="teacher">
      <summary>Teacher’s note</summary>
      <dl>
        <dt>Ask</dt>
        <dd>{question}</dd>
        <dt>Expect</dt>
        <dd>{answer}</dd>
        <dt>Embed</dt>
        <dd>
          <code>{line}</code>
          <button type="button" class="button small" onClick={copy}>
            Copy
          </button>
          <span class="muted">{copied}</span>
        </dd>
      </dl>
    </details>
  );
};
