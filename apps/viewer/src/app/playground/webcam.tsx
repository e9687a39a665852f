import { useEffect, useRef, useState } from 'preact/hooks';
import { type Picture, squarePicture } from './pixels.ts';

interface WebcamProps {
  readonly size: Pick<Picture, 'width' | 'height'>;
  /** The last picture has been looked at: time for another. */
  readonly isIdle: boolean;
  readonly onPicture: (picture: Picture) => void;
}

/** A frame is looked at after this long, at the soonest. */
const FRAME_MS = 100;

/** Pictures from the webcam, one after the other, as fast as they are looked at; off until the user turns it on. */
export const Webcam = ({ size, isIdle, onPicture }: WebcamProps) => {
  const [stream, setStream] = useState<MediaStream>();
  const [fault, setFault] = useState<string>();
  const [, again] = useState(0);
  const video = useRef<HTMLVideoElement>(null);

  useEffect(() => {
    if (!stream) return;
    video.current!.srcObject = stream;
    // Where it is not seen, some browsers do not begin by themselves.
    video.current!.play().catch(() => {});
    return () => {
      for (const track of stream.getTracks()) track.stop();
    };
  }, [stream]);

  useEffect(() => {
    if (!stream || !isIdle) return;
    const timer = setTimeout(() => {
      // Nothing has come before the camera is ready.
      if (video.current!.currentTime > 0)
        onPicture(squarePicture(video.current!, { ...size, title: 'the webcam' }));
      else again((count) => count + 1);
    }, FRAME_MS);
    return () => clearTimeout(timer);
  });

  const start = (): void => {
    setFault(undefined);
    const { mediaDevices } = navigator as { readonly mediaDevices?: MediaDevices };
    if (!mediaDevices) {
      setFault('This page may not use a webcam: it needs https, or this very machine.');
      return;
    }
    mediaDevices
      .getUserMedia({ video: { facingMode: 'environment' } })
      .then(setStream, () => setFault('There is no webcam, or this page was not allowed to use it.'));
  };
  return (
    <>
      <button type="button" class="button" onClick={stream ? () => setStream(undefined) : start}>
        {stream ? 'Stop the webcam' : 'Use the webcam'}
      </button>
      {stream && <video ref={video} class="hidden" muted playsInline />}
      {fault && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
    </>
  );
};
