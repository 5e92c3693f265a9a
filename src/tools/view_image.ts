/** `view_image`: shows the model a picture from the disk. */
import * as v from "valibot";
import { defineTool, failed } from "./tool.ts";

export const viewImage = defineTool({
  name: "view_image",
  description: "Loads an image file so that you can see it.",
  parameters: v.object({
    path: v.pipe(v.string(), v.description("Path of the image")),
    detail: v.optional(
      v.pipe(
        v.picklist(["original"]),
        v.description("`original` keeps the full resolution"),
      ),
    ),
  }),
  parallel: true,
  hides: (settings) => settings.originalImageDetail ? [] : ["detail"],
  isOffered: (settings) => settings.acceptsImages,
  async run(args, context, signal) {
    const keepResolution = context.originalImageDetail &&
      args.detail === "original";
    const image = await context.readImage(
      { path: args.path, keepResolution },
      signal,
    );
    if (image.kind === "failed") return failed(image.text);
    const detail = keepResolution ? "original" : "high";
    return {
      kind: "ok",
      output: [{ type: "input_image", image_url: image.dataUrl, detail }],
    };
  },
});
