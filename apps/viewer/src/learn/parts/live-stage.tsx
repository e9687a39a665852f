import type { ComponentChildren } from 'preact';
import { ErrorMessage } from '../../shared/controls/error-message.tsx';
import { type LiveModel, useLiveModel } from '../live/live-model.ts';

interface LiveStageProps {
  readonly isNear: boolean;
  readonly children: (live: LiveModel) => ComponentChildren;
}

/** The stage of a step that computes: says what it waits for until the network is there. */
export const LiveStage = ({ isNear, children }: LiveStageProps) => {
  const live = useLiveModel(isNear);
  return (
    <div class="stage">
      {live.state === 'ready' ? (
        children(live.value)
      ) : live.state === 'failed' ? (
        <ErrorMessage message={`The network could not be started: ${live.reason}`} />
      ) : (
        <p class="stage-loading">Starting the network in this browser …</p>
      )}
    </div>
  );
};
