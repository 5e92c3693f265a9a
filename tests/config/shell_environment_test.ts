import assert from "node:assert/strict";
import type { ShellEnvironmentPolicy } from "@/config/config.ts";
import { shellEnvironment } from "@/config/shell_environment.ts";

const POLICY: ShellEnvironmentPolicy = {
  inherit: "all",
  ignoreDefaultExcludes: false,
  exclude: [],
  set: {},
  includeOnly: [],
  useProfile: false,
};

const ENVIRONMENT = {
  PATH: "/bin",
  HOME: "/h",
  EDITOR: "vi",
  OPENAI_API_KEY: "k",
  my_secret_x: "s",
  GITHUB_TOKEN: "t",
};

function names(policy: Partial<ShellEnvironmentPolicy>): readonly string[] {
  return Object.keys(shellEnvironment({ ...POLICY, ...policy }, ENVIRONMENT));
}

Deno.test("shellEnvironment() leaves out what looks like a secret", () => {
  assert.deepEqual(names({}), ["PATH", "HOME", "EDITOR"]);
});

Deno.test("shellEnvironment() keeps secrets when told to", () => {
  assert.deepEqual(
    names({ ignoreDefaultExcludes: true }),
    Object.keys(ENVIRONMENT),
  );
});

Deno.test("shellEnvironment() inherits all, the core or nothing", () => {
  assert.deepEqual(
    [names({ inherit: "core" }), names({ inherit: "none" })],
    [["PATH", "HOME"], []],
  );
});

Deno.test("shellEnvironment() excludes, then sets, then restricts", () => {
  assert.deepEqual(
    shellEnvironment({
      ...POLICY,
      exclude: ["edit*", "H?ME"],
      set: { EDITOR: "ed", MY_TOKEN: "set by hand", OTHER: "x" },
      includeOnly: ["P*", "e*", "*token"],
    }, ENVIRONMENT),
    { PATH: "/bin", EDITOR: "ed", MY_TOKEN: "set by hand" },
  );
});

Deno.test("shellEnvironment() takes a glob's other characters literally", () => {
  assert.deepEqual(
    names({ exclude: ["P.TH", "[HOME]", "(EDITOR|HOME)", "HOM"] }),
    ["PATH", "HOME", "EDITOR"],
  );
});
