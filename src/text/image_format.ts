/**
 * What kind of image some bytes are and how large, from the header alone.
 *
 * Sources: PNG specification (11.2.2), GIF89a (17, 18), JPEG T.81 (B.2.2), WebP
 * container specification.
 */

export interface ImageFormat {
  readonly mime: "image/png" | "image/jpeg" | "image/gif" | "image/webp";
  /** Pixels; 0 when the header does not tell. */
  readonly width: number;
  readonly height: number;
}

/** The format of an image; undefined for anything else. */
export function imageFormat(bytes: Uint8Array): ImageFormat | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) {
    return bytes.length < 24 ? unsized("image/png") : {
      mime: "image/png",
      width: view.getUint32(16),
      height: view.getUint32(20),
    };
  }
  if (startsWith(bytes, [0x47, 0x49, 0x46, 0x38])) {
    return bytes.length < 10 ? unsized("image/gif") : {
      mime: "image/gif",
      width: view.getUint16(6, true),
      height: view.getUint16(8, true),
    };
  }
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return jpegFormat(view);
  if (isWebp(bytes)) return webpFormat(view);
  return undefined;
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}

function isWebp(bytes: Uint8Array): boolean {
  return startsWith(bytes, [0x52, 0x49, 0x46, 0x46]) &&
    startsWith(bytes.subarray(8), [0x57, 0x45, 0x42, 0x50]);
}

function jpegFormat(view: DataView): ImageFormat {
  for (let offset = 2; offset + 9 < view.byteLength;) {
    if (view.getUint8(offset) !== 0xff) break;
    const marker = view.getUint8(offset + 1);
    // Start-of-frame markers hold the size; 0xC4, 0xC8 and 0xCC are other things.
    const isFrame = marker >= 0xc0 && marker <= 0xcf &&
      ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) {
      return {
        mime: "image/jpeg",
        width: view.getUint16(offset + 7),
        height: view.getUint16(offset + 5),
      };
    }
    offset += 2 + view.getUint16(offset + 2);
  }
  return unsized("image/jpeg");
}

function webpFormat(view: DataView): ImageFormat {
  if (view.byteLength < 30) return unsized("image/webp");
  switch (view.getUint32(12)) {
    case 0x56503858: // "VP8X"
      return {
        mime: "image/webp",
        width: 1 + (view.getUint32(24, true) & 0xffffff),
        height: 1 + (view.getUint16(27, true) | view.getUint8(29) << 16),
      };
    case 0x5650384c: { // "VP8L"
      const bits = view.getUint32(21, true);
      return {
        mime: "image/webp",
        width: 1 + (bits & 0x3fff),
        height: 1 + (bits >> 14 & 0x3fff),
      };
    }
    case 0x56503820: // "VP8 "
      return {
        mime: "image/webp",
        width: view.getUint16(26, true) & 0x3fff,
        height: view.getUint16(28, true) & 0x3fff,
      };
    default:
      return unsized("image/webp");
  }
}

function unsized(mime: ImageFormat["mime"]): ImageFormat {
  return { mime, width: 0, height: 0 };
}
