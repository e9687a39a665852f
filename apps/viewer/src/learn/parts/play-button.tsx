import './play-button.css';

interface PlayButtonProps {
  readonly isPlaying: boolean;
  readonly label: string;
  readonly disabled?: boolean;
  readonly onClick: () => void;
}

/** Starts and stops what plays. */
export const PlayButton = ({ isPlaying, label, disabled = false, onClick }: PlayButtonProps) => (
  <button type="button" class="button primary play" disabled={disabled} onClick={onClick}>
    <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
      {isPlaying ? <path d="M2 1h3v10H2zM7 1h3v10H7z" /> : <path d="M2 0.5 11 6 2 11.5z" />}
    </svg>
    {isPlaying ? 'Pause' : label}
  </button>
);
