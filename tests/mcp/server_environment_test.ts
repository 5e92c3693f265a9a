import assert from "node:assert/strict";
import { serverEnvironment } from "@/mcp/server_environment.ts";

Deno.test("a server sees a few common variables, those named for it, and its own", () => {
  const ours = {
    HOME: "/h",
    PATH: "/bin",
    LC_ALL: "C",
    LC_CUSTOM: "x",
    OPENAI_API_KEY: "secret",
    FOO: "foo",
    CODEX_HOME: "/c",
    LANG: "de",
  };
  assert.deepEqual(
    serverEnvironment(
      {
        env: { EXTRA: "1", LANG: "en" },
        envVars: [{ name: "FOO", source: "local" }, "UNSET"],
      },
      ours,
      "linux",
    ),
    {
      HOME: "/h",
      PATH: "/bin",
      LC_ALL: "C",
      LC_CUSTOM: "x",
      FOO: "foo",
      LANG: "en",
      EXTRA: "1",
    },
  );
});

Deno.test("on Windows a server also sees what programs there do not start without", () => {
  const ours = { SystemRoot: "C:\\Windows", Path: "C:\\bin", SECRET: "s" };
  assert.deepEqual(
    serverEnvironment({ env: undefined, envVars: [] }, ours, "windows"),
    { SystemRoot: "C:\\Windows", Path: "C:\\bin" },
  );
});

Deno.test("a variable of another machine is refused by name", () => {
  const envVars = [{ name: "TOKEN", source: "remote" as const }];
  assert.throws(
    () => serverEnvironment({ env: undefined, envVars }, {}, "linux"),
    { message: /^env_vars entry `TOKEN` uses source `remote`, which requires/ },
  );
});
