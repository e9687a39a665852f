/** What went wrong, told at once; nothing while nothing has. */
export const Fault = ({ message }: { readonly message: string | undefined }) =>
  message === undefined ? null : (
    <p class="fault" role="alert">
      {message}
    </p>
  );
