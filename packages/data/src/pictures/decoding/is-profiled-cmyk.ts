const ICC = [...'ICC_PROFILE\0'].map((character) => character.charCodeAt(0));

/** Whether a picture is a JPEG of four inks with a profile that says how they look together. */
export const isProfiledCmyk = (bytes: Uint8Array): boolean => {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return false;
  let hasProfile = false;
  for (let at = 2; at + 10 <= bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1]!;
    if (marker === 0xe2) hasProfile ||= ICC.every((byte, i) => bytes[at + 4 + i] === byte);
    // The frame's header, one for each kind of compression: C4, C8 and CC are other parts.
    if (marker === 0xc0 || (marker > 0xc0 && marker <= 0xcf && marker % 4 !== 0))
      return hasProfile && bytes[at + 9] === 4;
    at += 2 + bytes[at + 2]! * 256 + bytes[at + 3]!;
  }
  return false;
};
