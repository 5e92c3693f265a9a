import assert from "node:assert/strict";
import { parseDotEnv, withDotEnv } from "@/config/dot_env.ts";
import { createPlatform } from "@/platform/deno.ts";

Deno.test("parseDotEnv() reads plain, quoted and exported values and passes over the rest", () => {
  const text = [
    "# a comment",
    "PLAIN=value # said aside",
    "export EXPORTED = spaced out ",
    `DOUBLE="a \\"b\\"\\nc" # aside`,
    "SINGLE='as $is \\n'",
    "EMPTY=",
    "not a line",
    "1BAD=x",
  ].join("\r\n");
  assert.deepEqual(parseDotEnv(text), {
    PLAIN: "value",
    EXPORTED: "spaced out",
    DOUBLE: 'a "b"\nc',
    SINGLE: "as $is \\n",
    EMPTY: "",
  });
});

Deno.test("parseDotEnv() takes no name that begins with CODEX_", () => {
  assert.deepEqual(
    parseDotEnv("CODEX_HOME=/elsewhere\nCODEX_SANDBOX_MECHANISM=x"),
    {},
  );
});

Deno.test("withDotEnv() puts the file's variables on top of the environment", async () => {
  const home = await Deno.makeTempDir();
  await Deno.writeTextFile(`${home}/.env`, "MY_KEY=from-file\n");
  const inherited: Record<string, string> = {
    CODEX_HOME: home,
    MY_KEY: "inherited",
    OTHER: "1",
  };
  const env = { get: (name: string) => inherited[name], all: () => inherited };
  const platform = await withDotEnv({ ...createPlatform(), env });
  await Deno.remove(home, { recursive: true });
  assert.deepEqual(
    [
      platform.env.get("MY_KEY"),
      platform.env.get("OTHER"),
      platform.env.all().MY_KEY,
    ],
    ["from-file", "1", "from-file"],
  );
});
