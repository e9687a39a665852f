import { byId } from './elements.ts';

const button = byId<HTMLButtonElement>('webcam');
const video = byId<HTMLVideoElement>('video');
let stream: MediaStream | undefined;

/** The shortest time between two frames. */
const FRAME_MS = 100;

/** Turns the webcam off. */
export const stopWebcam = (): void => {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = undefined;
  button.textContent = 'Use the webcam';
};

/**
 * Lets the button turn the webcam on and off.
 *
 * @param onStart Called when it is on.
 * @param onFrame Called with the video, again when it has returned.
 */
export const onWebcam = (
  onStart: () => void,
  onFrame: (video: HTMLVideoElement) => Promise<void>,
  onError: (sentence: string) => void,
): void => {
  button.addEventListener('click', async () => {
    if (stream) return stopWebcam();
    const { mediaDevices } = navigator as { readonly mediaDevices?: MediaDevices };
    if (!mediaDevices)
      return onError('A webcam needs a page that is served over HTTPS or from this machine.');
    button.disabled = true;
    try {
      stream = await mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
    } catch {
      return onError('There is no webcam, or the browser does not let this page use it.');
    } finally {
      button.disabled = false;
    }
    button.textContent = 'Stop the webcam';
    video.srcObject = stream;
    onStart();
    // Some browsers do not start a video that is not visible.
    await video.play().catch(() => {});
    const started = stream;
    while (stream === started) {
      if (video.videoWidth > 0) await onFrame(video);
      await new Promise((resolve) => setTimeout(resolve, FRAME_MS));
    }
  });
};
