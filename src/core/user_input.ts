/** What the user gave, as a message for the model: images first, then the text. */
import type { UserInput } from "@/protocol/items.ts";
import type { ContentPart, MessageItem } from "@/protocol/response_items.ts";
import { imageParts, type ImagePorts } from "./images.ts";

export async function userMessage(
  ports: ImagePorts,
  input: readonly UserInput[],
): Promise<MessageItem> {
  const images: ContentPart[] = [];
  const texts: ContentPart[] = [];
  let number = 0;
  for (const part of input) {
    switch (part.type) {
      case "text":
        texts.push({ type: "input_text", text: part.text });
        break;
      case "image":
        images.push({
          type: "input_image",
          image_url: part.url,
          detail: "high",
        });
        break;
      case "skill":
        // Its instructions are a message of their own.
        break;
      case "localImage":
        images.push(...await imageParts(ports, part.path, ++number));
        break;
    }
  }
  return { type: "message", role: "user", content: [...images, ...texts] };
}
