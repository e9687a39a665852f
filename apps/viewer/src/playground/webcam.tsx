import { useEffect, useRef, useState } from 'preact/hooks';
import { ErrorMessage } from '../shared/controls/error-message.tsx';
import type { PictureSize } from '../shared/images/picture-shape.ts';
import { type Picture, squarePicture } from '../shared/images/pixels.ts';

interface WebcamProps {
  readonly size: PictureSize;
  /** Whether the last picture has been classified, so that it is time for another. */
  readonly isIdle: boolean;
  readonly onPicture: (picture: Picture) => void;
}

/** The shortest time between two frames. */
const FRAME_MS = 100;

type Camera =
  | { readonly state: 'off'; readonly error?: string }
  | { readonly state: 'asked' }
  | { readonly state: 'on'; readonly stream: MediaStream };

const stop = (stream: MediaStream): void => {
  for (const track of stream.getTracks()) track.stop();
};

/** Takes pictures from the webcam, one after the other, as fast as they are classified; off until the user turns it on. */
export const Webcam = ({ size, isIdle, onPicture }: WebcamProps) => {
  const [camera, setCamera] = useState<Camera>({ state: 'off' });
  const [frame, setFrame] = useState(0);
  const video = useRef<HTMLVideoElement>(null);
  const isShown = useRef(true);
  const stream = camera.state === 'on' ? camera.stream : undefined;

  useEffect(
    () => () => {
      isShown.current = false;
    },
    [],
  );

  useEffect(() => {
    if (!stream) return;
    video.current!.srcObject = stream;
    // Some browsers do not start a video that is not visible.
    video.current!.play().catch(() => {});
    const onEnded = (): void => setCamera({ state: 'off', error: 'The webcam was disconnected.' });
    stream.getVideoTracks()[0]?.addEventListener('ended', onEnded);
    return () => stop(stream);
  }, [stream]);

  useEffect(() => {
    if (!stream || !isIdle) return;
    const timer = setTimeout(() => {
      // Before the camera is ready there is no frame, and once it is stopped there is no video.
      if (video.current && video.current.currentTime > 0)
        onPicture(squarePicture(video.current, { ...size, title: 'the webcam' }));
      setFrame(frame + 1);
    }, FRAME_MS);
    return () => clearTimeout(timer);
  }, [stream, isIdle, frame]);

  const start = async (): Promise<void> => {
    const { mediaDevices } = navigator as { readonly mediaDevices?: MediaDevices };
    if (!mediaDevices) {
      const error = 'A webcam needs a page that is served over HTTPS or from this machine.';
      return setCamera({ state: 'off', error });
    }
    setCamera({ state: 'asked' });
    try {
      const stream = await mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
      // The user may have left the page while the browser asked.
      if (isShown.current) setCamera({ state: 'on', stream });
      else stop(stream);
    } catch {
      setCamera({ state: 'off', error: 'There is no webcam, or the browser does not let this page use it.' });
    }
  };
  return (
    <>
      <button
        type="button"
        class="button"
        disabled={camera.state === 'asked'}
        onClick={stream ? () => setCamera({ state: 'off' }) : start}
      >
        {stream ? 'Stop the webcam' : 'Use the webcam'}
      </button>
      {stream && <video ref={video} class="hidden" muted playsInline />}
      <ErrorMessage message={camera.state === 'off' ? camera.error : undefined} />
    </>
  );
};
