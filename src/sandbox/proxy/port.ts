/** Where a command finds its proxy. Any port would do: nothing else is in there. */
export const PROXY_PORT = 13128;
