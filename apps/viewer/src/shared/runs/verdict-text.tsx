/** A verdict at the beginning of a page; nothing without sentences. */
export const VerdictText = ({ sentences }: { readonly sentences: readonly string[] }) =>
  sentences.length === 0 ? null : (
    <section class="verdict" aria-label="What the runs say">
      {sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </section>
  );
