import { replaceWebglKernels } from '@dropout-lab/wasm-training/other-backends';
import * as tf from '@tensorflow/tfjs-core';
import { BackendError } from '../errors.ts';
import { activate } from '../start/activate.ts';
import type { RunningBackend } from '../start/running-backend.ts';
import { withoutWarnings } from '../start/without-warnings.ts';
import type { GraphicsOptions } from './graphics-options.ts';
import { isSoftwareRenderer } from './software-renderer.ts';

/**
 * Starts WebGL 2, in a page or a worker. `onlyHardware` also refuses a renderer that does not compute in float32, as those of
 * phones do not.
 *
 * @throws BackendError when the browser has no WebGL 2, or no such renderer.
 */
export const startWebgl = async ({
  onlyHardware = false,
  onLost,
}: GraphicsOptions = {}): Promise<RunningBackend> => {
  const renderer = rendererName();
  const isSoftware = isSoftwareRenderer(renderer);
  if (onlyHardware && isSoftware) {
    throw new BackendError(
      `backend webgl: expected a graphics processor, found ${renderer}, which is software, much slower than wasm`,
    );
  }
  const { version_webgl: version } = await withoutWarnings(() => import('@tensorflow/tfjs-backend-webgl'));
  // When chosen by name, a renderer that the browser considers slow is good enough.
  if (!onlyHardware) tf.env().set('SOFTWARE_WEBGL_ENABLED', true);
  await activate('webgl');
  replaceWebglKernels();
  if (onlyHardware && !tf.env().getBool('WEBGL_RENDER_FLOAT32_ENABLED')) {
    throw new BackendError(
      `backend webgl: expected a graphics processor that computes in float32, found ${renderer}, which does not: choose another backend`,
    );
  }
  if (onLost)
    contextOf(tf.backend()).canvas.addEventListener('webglcontextlost', () => onLost(), { once: true });
  return {
    name: 'webgl',
    description: `webgl (${renderer}${isSoftware ? ', in software' : ''})`,
    versions: { '@tensorflow/tfjs-backend-webgl': version },
  };
};

/** The name that the renderer gives itself. Its context is released at once: a page may have only a few. */
const rendererName = (): string => {
  const canvas =
    typeof OffscreenCanvas === 'undefined' ? document.createElement('canvas') : new OffscreenCanvas(1, 1);
  const gl = canvas.getContext('webgl2') as WebGL2RenderingContext | null;
  if (!gl) {
    throw new BackendError(
      'backend webgl: expected a browser with WebGL 2, found none, or it is switched off: choose another backend',
    );
  }
  const unmasked = gl.getExtension('WEBGL_debug_renderer_info');
  const name = gl.getParameter(unmasked?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER) as string;
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return name;
};

const contextOf = (backend: unknown): WebGL2RenderingContext =>
  (backend as { readonly gpgpu: { readonly gl: WebGL2RenderingContext } }).gpgpu.gl;
