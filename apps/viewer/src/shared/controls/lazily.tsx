import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Message } from './message.tsx';

type Loaded = { readonly component: ComponentType } | { readonly error: Error } | undefined;

/** Returns a component whose code is fetched when it is first shown. */
export const lazily = (load: () => Promise<ComponentType>): ComponentType => {
  let known: Loaded;
  return () => {
    const [loaded, setLoaded] = useState<Loaded>(known);
    useEffect(() => {
      if (known && 'component' in known) return;
      load()
        .then(
          (component) => ({ component }),
          (error: Error) => ({ error }),
        )
        .then((result) => {
          known = result;
          setLoaded(result);
        });
    }, []);
    if (!loaded) return <Message busy title="Loading" />;
    if ('component' in loaded) return <loaded.component />;
    return (
      <Message title="This page could not be loaded">
        <p>Its code is missing, or the connection failed: {loaded.error.message}</p>
        <button type="button" class="button" onClick={() => location.reload()}>
          Try again
        </button>
      </Message>
    );
  };
};
