/** `web_search`: runs on the provider's side; this program only offers and shows it. */
import { failed, type Tool } from "./tool.ts";

export const webSearch: Tool = {
  name: "web_search",
  aliases: [],
  parallel: false,
  isOffered: (settings) => settings.webSearch !== undefined,
  isAccepted: () => false,
  declare: ({ webSearch }) => ({
    type: "web_search",
    external_web_access: webSearch?.isLive ?? false,
    ...(webSearch?.returnsImages
      ? { search_content_types: ["text", "image"] }
      : {}),
    ...(webSearch?.contextSize === undefined
      ? {}
      : { search_context_size: webSearch.contextSize }),
    ...(webSearch?.allowedDomains === undefined
      ? {}
      : { filters: { allowed_domains: webSearch.allowedDomains } }),
    ...(webSearch?.location === undefined
      ? {}
      : { user_location: { type: "approximate", ...webSearch.location } }),
  }),
  call: () => Promise.resolve(failed("web_search runs on the server")),
};
