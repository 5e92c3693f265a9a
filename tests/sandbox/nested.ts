/** Run inside a sandbox by `create_test.ts`: confines one command once more. */
import { createPlatform } from "@/platform/deno.ts";
import { createSandbox } from "@/sandbox/create.ts";

const signal = new AbortController().signal;
const { files, processes, host, env, clock } = createPlatform();
const workspace = env.get("INNER") ?? "";
const sandbox = createSandbox({
  files,
  processes,
  host,
  clock,
  codexHome: `${workspace}/home`,
  tmpdir: undefined,
  mechanism: undefined,
});
const { kind } = await sandbox.status(signal);
const child = await sandbox.spawn({
  argv: [
    "/bin/sh",
    "-c",
    // The outer sandbox would allow it.
    "(echo x > made) 2>/dev/null || echo kept out",
  ],
  cwd: workspace,
  env: {},
  policy: {
    type: "read-only",
    network_access: false,
  },
  policyCwd: workspace,
  stdin: "null",
  mergeOutput: false,
}, signal);
const [out] = await Promise.all([
  new Response(child.stdout).text(),
  new Response(child.stderr).text(),
  child.exit,
]);
console.log(`${kind}: ${out.trim()}`);
await sandbox.close();
