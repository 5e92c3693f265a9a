/** Where `codex app-server` listens: what the values of its flags must look like. */

export type ListenAddress =
  | { readonly kind: "stdio" }
  | { readonly kind: "off" }
  | {
    readonly kind: "websocket";
    /** An IP address, without brackets. */
    readonly hostname: string;
    readonly port: number;
    readonly isLoopback: boolean;
  };

const PORT_MAX = 65_535;

/** Undefined when it is none of them. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  if (text === "stdio://") return { kind: "stdio" };
  if (text === "off") return { kind: "off" };
  const [, host = "", digits = ""] = /^ws:\/\/(.+):(\d{1,5})$/.exec(text) ?? [];
  const hostname = ipAddress(host);
  const port = Number(digits);
  if (hostname === undefined || port > PORT_MAX) return undefined;
  const isLoopback = hostname === "::1" || hostname.startsWith("127.");
  return { kind: "websocket", hostname, port, isLoopback };
}

/** What is wrong with the value of `--listen`; undefined when nothing is. */
export function listenProblem(text: string): string | undefined {
  if (parseListenAddress(text) !== undefined) return undefined;
  return text.startsWith("ws://")
    ? `invalid websocket --listen URL \`${text}\`; expected \`ws://IP:PORT\``
    : `unsupported --listen URL \`${text}\`; expected \`stdio://\`, ` +
      "`ws://IP:PORT`, or `off`";
}

/** What is wrong with a number of seconds; undefined when nothing is. */
export function secondsProblem(text: string): string | undefined {
  if (!/^\+?\d+$/.test(text)) return "invalid digit found in string";
  return Number.isSafeInteger(Number(text))
    ? undefined
    : "number too large to fit in target type";
}

/** A name could be anybody's address, so only addresses are taken. */
function ipAddress(host: string): string | undefined {
  const isV6 = host.startsWith("[");
  if (!isV6 && !/^\d{1,3}(\.\d{1,3}){3}$/.test(host)) return undefined;
  const url = URL.parse(`http://${host}/`);
  if (url === null || url.port !== "") return undefined;
  return url.hostname.replace(/^\[|\]$/g, "");
}
