/** Images for the model: read, checked, made to fit, encoded. */
import type { FileSystem, Images } from "@/platform/platform.ts";
import { FileError } from "@/platform/platform.ts";
import type { ContentPart } from "@/protocol/response_items.ts";
import { imageFormat } from "@/text/image_format.ts";

/** The model sees no more detail than this on a side. */
const SIDE_MAX = 2048;

export type LoadedImage =
  | { readonly kind: "image"; readonly dataUrl: string }
  | { readonly kind: "missing"; readonly reason: string }
  | { readonly kind: "unsupported"; readonly mime: string };

export interface ImagePorts {
  readonly files: FileSystem;
  readonly images: Images;
}

/** Reads an image file as a data URL no larger than the model can use. */
export async function loadImage(
  ports: ImagePorts,
  path: string,
  options: { readonly keepResolution: boolean },
): Promise<LoadedImage> {
  try {
    const bytes = await ports.files.readFile(path);
    const format = imageFormat(bytes);
    if (format === undefined) {
      return { kind: "unsupported", mime: guessMime(path, bytes) };
    }
    const longest = Math.max(format.width, format.height);
    if (options.keepResolution || longest <= SIDE_MAX) {
      return { kind: "image", dataUrl: dataUrl(format.mime, bytes) };
    }
    const scale = SIDE_MAX / longest;
    const resized = await ports.images.resize(
      bytes,
      Math.max(1, Math.round(format.width * scale)),
      Math.max(1, Math.round(format.height * scale)),
    );
    return {
      kind: "image",
      dataUrl: resized === undefined
        ? dataUrl(format.mime, bytes)
        : dataUrl("image/png", resized),
    };
  } catch (error) {
    if (error instanceof FileError) {
      return { kind: "missing", reason: error.osText };
    }
    throw error;
  }
}

/** The parts an attached image becomes, before the text of the message. */
export async function imageParts(
  ports: ImagePorts,
  path: string,
  number: number,
): Promise<readonly ContentPart[]> {
  const image = await loadImage(ports, path, { keepResolution: false });
  switch (image.kind) {
    case "image":
      return [
        { type: "input_text", text: `<image name=[Image #${number}]>` },
        { type: "input_image", image_url: image.dataUrl, detail: "high" },
        { type: "input_text", text: "</image>" },
      ];
    case "missing":
      return [{
        type: "input_text",
        text:
          `Codex could not read the local image at \`${path}\`: ${image.reason}`,
      }];
    case "unsupported":
      return [{
        type: "input_text",
        text:
          `Codex cannot attach image at \`${path}\`: unsupported image \`${image.mime}\`.`,
      }];
  }
}

function dataUrl(mime: string, bytes: Uint8Array): string {
  return `data:${mime};base64,${base64(bytes)}`;
}

/** String.fromCharCode takes its bytes as arguments, of which there can be only so many. */
const BASE64_CHUNK_BYTES = 0x8000;

function base64(bytes: Uint8Array): string {
  let binary = "";
  for (let offset = 0; offset < bytes.length; offset += BASE64_CHUNK_BYTES) {
    binary += String.fromCharCode(
      ...bytes.subarray(offset, offset + BASE64_CHUNK_BYTES),
    );
  }
  return btoa(binary);
}

function guessMime(path: string, bytes: Uint8Array): string {
  if (/\.svg$/i.test(path)) return "image/svg+xml";
  if (/\.bmp$/i.test(path)) return "image/bmp";
  return bytes.includes(0) ? "application/octet-stream" : "text/plain";
}
