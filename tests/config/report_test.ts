/** What clients are told of a configuration; the versions are those of Codex CLI 0.124. */
import assert from "node:assert/strict";
import type { ConfigLayer } from "@/config/config.ts";
import { reportConfig } from "@/config/report.ts";

const USER: ConfigLayer = {
  kind: "user",
  path: "/home/u/c/config.toml",
  table: {
    model: "gpt-5.2-codex",
    foo: 1,
    mcp_servers: { x: { command: "a", args: ["b"] } },
    projects: { "/home/u/c/p": { trust_level: "trusted" } },
    profiles: { p: { model: "zz" } },
  },
};
const PROJECT: ConfigLayer = {
  kind: "project",
  path: "/home/u/c/p/.codex/config.toml",
  table: { model_reasoning_effort: "high", features: { memories: true } },
};

Deno.test("each layer has the version Codex CLI 0.124 gives it, high to low", async () => {
  const { layers } = await reportConfig([
    USER,
    PROJECT,
    { kind: "session", table: { review_model: "rr" } },
  ]);
  assert.deepEqual(layers.map(({ name, version }) => [name, version]), [
    [
      { type: "sessionFlags" },
      "sha256:28b68bf0766959ec5f43dad265cb1ffd235ee291a94077f5a0fc7a285449e77a",
    ],
    [
      { type: "project", dotCodexFolder: "/home/u/c/p/.codex" },
      "sha256:d2fc54745824775604763971bb5d0c989d12397c061eee3e1ff485ce2b56477d",
    ],
    [
      { type: "user", file: "/home/u/c/config.toml" },
      "sha256:423714c6767f0407bec11cd67c83f2a22c4d6f8927c476505de817c7efdaea5e",
    ],
    [
      { type: "system", file: "/etc/codex/config.toml" },
      "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
    ],
  ]);
});

Deno.test("a key's origin is the layer whose value holds, lists by their places", async () => {
  const { config, origins } = await reportConfig([
    { ...USER, table: { model: "low", notify: ["a", "b"] } },
    { kind: "session", table: { model: "high", notify: ["c"] } },
  ]);
  assert.equal(config.model, "high");
  assert.deepEqual(config.notify, ["c"]);
  assert.equal(config.review_model, null);
  assert.deepEqual(
    Object.entries(origins).map(([key, { name }]) => [key, name.type]),
    [["model", "sessionFlags"], ["notify.0", "sessionFlags"]],
  );
});

Deno.test("a layer that must not count is told with its reason, and decides nothing", async () => {
  const { config, layers, origins } = await reportConfig([
    { ...PROJECT, disabledReason: "not trusted" },
  ]);
  assert.equal(config.model_reasoning_effort, null);
  assert.deepEqual(origins, {});
  assert.equal(layers[0]?.disabledReason, "not trusted");
});
