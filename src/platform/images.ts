/**
 * Makes an image smaller with what the runtime has built in. Runtimes without it say
 * so by giving nothing back; the caller then sends the image as it is.
 */

/** The parts of the canvas API this file uses; older runtimes and their types lack it. */
interface Canvas {
  getContext(
    kind: "bitmaprenderer",
  ): { transferFromImageBitmap(bitmap: unknown): void } | null;
  convertToBlob(options: { readonly type: string }): Promise<Blob>;
}

/** A PNG of that size; undefined when this runtime cannot make one. */
export async function resizeImage(
  bytes: Uint8Array,
  width: number,
  height: number,
): Promise<Uint8Array | undefined> {
  const global = globalThis as unknown as {
    readonly createImageBitmap?: (
      blob: Blob,
      options: unknown,
    ) => Promise<unknown>;
    readonly OffscreenCanvas?: new (width: number, height: number) => Canvas;
  };
  if (
    global.createImageBitmap === undefined ||
    global.OffscreenCanvas === undefined
  ) {
    return undefined;
  }
  const bitmap = await global.createImageBitmap(new Blob([bytes.slice()]), {
    resizeWidth: width,
    resizeHeight: height,
    resizeQuality: "high",
  });
  const canvas = new global.OffscreenCanvas(width, height);
  canvas.getContext("bitmaprenderer")?.transferFromImageBitmap(bitmap);
  const blob = await canvas.convertToBlob({ type: "image/png" });
  return new Uint8Array(await blob.arrayBuffer());
}
