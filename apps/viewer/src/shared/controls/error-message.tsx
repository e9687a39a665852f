/** What went wrong, told at once; nothing while nothing has. */
export const ErrorMessage = ({ message }: { readonly message: string | undefined }) =>
  message === undefined ? null : (
    <p class="error" role="alert">
      {message}
    </p>
  );
