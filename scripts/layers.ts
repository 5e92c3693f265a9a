/**
 * The layers of `src/`, as data: which folder may import which. A folder always may
 * import itself; everything not listed is an error. Read it top down: nobody imports
 * what stands above.
 */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  async: [],
  text: [],
  "exec-policy": ["text"],
  protocol: [],
  platform: ["protocol", "async", "text"],
  jsonrpc: ["platform", "protocol", "async"],
  patch: ["platform", "protocol", "async", "text"],
  sandbox: ["platform", "protocol", "async", "text"],
  config: ["platform", "protocol", "async", "text"],
  search: ["platform", "protocol", "async", "text"],
  // Shows what a patch in a rollout did.
  state: ["patch", "platform", "protocol", "async", "text"],
  auth: ["config", "platform", "protocol", "async", "text"],
  model: ["config", "platform", "protocol", "async", "text"],
  mcp: ["auth", "config", "platform", "protocol", "async", "text", "jsonrpc"],
  // A tool cannot reach a process, a file or the sandbox: it can only ask.
  tools: ["protocol", "text", "patch"],
  core: [
    "tools",
    "model",
    "mcp",
    "auth",
    "config",
    "state",
    "sandbox",
    "patch",
    "jsonrpc",
    "exec-policy",
    "platform",
    "protocol",
    "async",
    "text",
  ],
  // Front ends speak protocol and never import the agent.
  // An agent somewhere else, as front ends know one.
  remote: ["protocol", "platform", "async", "text", "jsonrpc"],
  exec: ["protocol", "platform", "async", "text"],
  tui: ["protocol", "platform", "async", "text", "exec-policy"],
  "exec-server": ["protocol", "platform", "async", "text", "jsonrpc"],
  "mcp-server": [
    "protocol",
    "platform",
    "async",
    "text",
    "jsonrpc",
    // Says what a command does, for people.
    "exec-policy",
  ],
  "app-server": [
    "protocol",
    "platform",
    "async",
    "text",
    "jsonrpc",
    // Says what a command does, for people.
    "exec-policy",
  ],
  cli: ["*"],
};

/** Where the machine may be touched directly, as path prefixes inside `src/`. */
export const MACHINE_ACCESS: readonly string[] = [
  "platform/",
  // Starts its helper and calls the kernel through FFI.
  "sandbox/linux/",
];
