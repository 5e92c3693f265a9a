/** Many tools of servers: behind a search the model asks, which answers with declarations. */
import assert from "node:assert/strict";
import type { ResponseItem } from "@/protocol/response_items.ts";
import { type Room, use, withRoom } from "./room.ts";

const search = (args: unknown, id = "s1"): ResponseItem => ({
  type: "tool_search_call",
  call_id: id,
  execution: "client",
  arguments: args,
});

function declared(room: Room): readonly unknown[] {
  return (room.requests[0]?.tools ?? []).map((tool) => tool.name ?? tool.type);
}

/** Names of what a search's output declares. */
function found(item: ResponseItem | undefined): readonly unknown[] {
  if (item?.type !== "tool_search_output") throw new Error("No such output");
  return item.tools.flatMap(({ tools }) =>
    (tools as readonly { name: string }[]).map(({ name }) => name)
  );
}

Deno.test("from 100 tools on there is a search in place of the tools, and what it finds can be called", async () => {
  await withRoom({ words: ["--tools=83"] }, async (room) => {
    await room.turn(
      search({ query: "give back what to say", limit: 1 }),
      use("echo", { text: "found" }),
      use("tool_82"),
    );
    const names = declared(room);
    assert.equal(names[names.indexOf("apply_patch") - 1], "tool_search");
    assert.ok(!names.includes("mcp__mock__"));
    const declaration = room.requests[0]?.tools.find(({ type }) =>
      type === "tool_search"
    );
    assert.equal(declaration?.execution, "client");
    assert.match(String(declaration?.description), /\n- mock$/);
    const [output, echo, uncalled] = room.outputs();
    assert.deepEqual(output, {
      type: "tool_search_output",
      call_id: "s1",
      status: "completed",
      execution: "client",
      tools: [{
        type: "namespace",
        name: "mcp__mock__",
        description: "Tools in the mcp__mock__ namespace.",
        tools: [{
          type: "function",
          name: "echo",
          description: "Gives back the text",
          strict: false,
          defer_loading: true,
          parameters: {
            type: "object",
            properties: {
              mode: { type: "string", enum: ["a", "b"] },
              text: { type: "string", description: "what to say" },
              times: { type: ["integer", "null"] },
              where: { type: "string" },
            },
            required: ["text"],
          },
        }],
      }],
    });
    assert.match(JSON.stringify(echo), /echo: found/);
    // A tool the model knows from elsewhere needs no search.
    assert.match(JSON.stringify(uncalled), /ran tool 82/);
  });
});

Deno.test("with fewer tools all are declared, unless the user wants the search always", async () => {
  await withRoom({ words: ["--tools=82"] }, async (room) => {
    await room.turn();
    assert.equal(declared(room).at(-1), "mcp__mock__");
    assert.ok(!declared(room).includes("tool_search"));
  });
  const config = "[features]\ntool_search_always_defer_mcp_tools = true";
  await withRoom({ config }, async (room) => {
    await room.turn();
    assert.ok(declared(room).includes("tool_search"));
    assert.ok(!declared(room).includes("mcp__mock__"));
  });
  const off = "[features]\ntool_search = false";
  await withRoom({ config: off, words: ["--tools=200"] }, async (room) => {
    await room.turn();
    assert.equal(declared(room).at(-1), "mcp__mock__");
  });
});

Deno.test("a search gives eight tools unless it is told how many, in any order of words", async () => {
  const words = ["--tools=120"];
  await withRoom({ words }, async (room) => {
    await room.turn(
      search({ query: "tool" }, "1"),
      search({ query: "tools", limit: 3 }, "2"),
      search({ query: "delete" }, "3"),
      search({ query: "zebra" }, "4"),
      search({ limit: 2 }, "5"),
      search({ query: "tool", limit: 0 }, "6"),
    );
    const [eight, three, one, none, ...wrong] = room.outputs().map(found);
    assert.equal(eight?.length, 8);
    assert.deepEqual(three, eight?.slice(0, 3));
    assert.deepEqual(one, ["delete"]);
    assert.deepEqual([none, ...wrong], [[], [], []]);
    const notes = room.requests.at(-1)?.input.filter((item) =>
      item.type === "message" && item.role === "developer" &&
      JSON.stringify(item).includes("tool_search:")
    );
    assert.equal(notes?.length, 2);
    assert.match(JSON.stringify(notes?.[0]), /missing field `query`/);
  });
});
