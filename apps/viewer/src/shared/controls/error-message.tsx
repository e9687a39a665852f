/** An error, announced at once; nothing while there is none. */
export const ErrorMessage = ({ message }: { readonly message: string | undefined }) =>
  message === undefined ? null : (
    <p class="error" role="alert">
      {message}
    </p>
  );
