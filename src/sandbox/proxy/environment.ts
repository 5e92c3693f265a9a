/** What tells programs of the proxy. Both cases are read, by different programs. */
import { PROXY_PORT } from "./port.ts";

/** What is inside the sandbox is reached directly. */
const NOT_PROXIED = "localhost,127.0.0.1,::1";

/** Variables for a command whose only way out is the proxy. */
export function proxyEnvironment(): Readonly<Record<string, string>> {
  const url = `http://127.0.0.1:${PROXY_PORT}`;
  const values = {
    HTTP_PROXY: url,
    HTTPS_PROXY: url,
    ALL_PROXY: url,
    NO_PROXY: NOT_PROXIED,
  };
  return {
    ...values,
    ...Object.fromEntries(
      Object.entries(values).map((
        [name, value],
      ) => [name.toLowerCase(), value]),
    ),
    // Node.js obeys the others only when told to.
    NODE_USE_ENV_PROXY: "1",
  };
}
