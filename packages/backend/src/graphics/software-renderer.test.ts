import { expect, test } from 'vitest';
import { describeAdapter, isSoftwareRenderer } from './software-renderer.ts';

test.each([
  ['ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) (0x0000C0DE)), SwiftShader driver)', true],
  ['llvmpipe (LLVM 19.1.7, 256 bits)', true],
  ['ANGLE (Microsoft, Microsoft Basic Render Driver Direct3D11 vs_5_0 ps_5_0)', true],
  ['ANGLE (NVIDIA, NVIDIA GeForce RTX 4070 Direct3D11 vs_5_0 ps_5_0, D3D11)', false],
  ['Apple M2', false],
])('%s computes in software: %s', (name, isSoftware) => {
  expect(isSoftwareRenderer(name)).toBe(isSoftware);
});

test('an adapter has the most detailed of its names as its title', () => {
  const device = { vendor: 'nvidia', architecture: 'ada', device: '', description: '' };
  expect(describeAdapter(device)).toEqual({ title: 'nvidia ada', isSoftware: false });
  expect(describeAdapter({ ...device, description: 'NVIDIA L4' }).title).toBe('NVIDIA L4');
  expect(describeAdapter({ vendor: 'google', architecture: 'swiftshader' })).toEqual({
    title: 'google swiftshader, in software',
    isSoftware: true,
  });
  expect(describeAdapter({ isFallbackAdapter: true })).toEqual({
    title: 'unnamed, in software',
    isSoftware: true,
  });
});
