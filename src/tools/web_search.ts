/** `web_search`: the model's server searches by itself; declared here, never called here. */
import type { Tool } from "./tool.ts";
import { failed } from "./tool.ts";

export const webSearch: Tool = {
  name: "web_search",
  aliases: [],
  parallel: false,
  isOffered: (settings) => settings.webSearch !== undefined,
  isAccepted: () => false,
  declare({ webSearch: search }) {
    const { allowedDomains, location, contextSize } = search ?? {};
    return {
      type: "web_search",
      external_web_access: search?.isLive === true,
      ...(allowedDomains === undefined
        ? {}
        : { filters: { allowed_domains: allowedDomains } }),
      ...(location === undefined
        ? {}
        : { user_location: { type: "approximate", ...location } }),
      ...(contextSize === undefined
        ? {}
        : { search_context_size: contextSize }),
      ...(search?.returnsImages === true
        ? { search_content_types: ["text", "image"] }
        : {}),
    };
  },
  call: () => Promise.resolve(failed("unsupported call: web_search")),
};
