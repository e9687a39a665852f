import { useState } from 'preact/hooks';
import { embedLine } from '../embed.ts';
import type { Step } from '../step.ts';
import './teacher-note.css';

/** For teachers: a question, the expected answer, and the line that puts the step into another page. */
export const TeacherNote = ({ step }: { readonly step: Step }) => {
  const { name, title, question, answer, frameHeight } = step;
  const [copied, setCopied] = useState<string>();
  const line = embedLine(name, title, frameHeight);
  const copy = (): Promise<void> =>
    navigator.clipboard.writeText(line).then(
      () => setCopied('Copied'),
      () => setCopied('The browser does not let this page copy: select the line'),
    );
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
          <span class="muted" role="status">
            {copied}
          </span>
        </dd>
      </dl>
    </details>
  );
};
