/** The SIMD build of TensorFlow.js's wasm backend, compressed by gzip, in base64; the build of the web folder puts it in. */
declare module 'virtual:tfjs-wasm' {
  const base64: string;
  export default base64;
}
