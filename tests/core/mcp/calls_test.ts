/** Calls of a server's tools in a thread: asked about, answered, shown. */
import assert from "node:assert/strict";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { ApprovalDecision, Op } from "@/protocol/ops.ts";
import { type RoomOptions, use, withRoom } from "./room.ts";

/** Answers questions about calls with these, in turn. */
function decide(
  ...decisions: readonly ApprovalDecision[]
): NonNullable<RoomOptions["answer"]> {
  const left = [...decisions];
  return (event): Op | undefined => {
    if (event.type !== "approvalRequested") return undefined;
    const decision = left.shift();
    if (decision === undefined) throw new Error("Nobody expected the question");
    return { type: "approval", requestId: event.requestId, decision };
  };
}

function questions(events: readonly ThreadEvent[]) {
  return events.flatMap((event) =>
    event.type === "approvalRequested" ? [event.subject] : []
  );
}

/** What the model was told of each call, without the time it took. */
function texts(outputs: readonly object[]): readonly string[] {
  return outputs.map((item) =>
    "output" in item && typeof item.output === "string"
      ? item.output.replace(/^.*\nOutput:\n/, "")
      : JSON.stringify(item)
  );
}

const said = (text: string) => JSON.stringify([{ type: "text", text }]);

Deno.test("a tool that may do harm is asked about, with what it is and what it is given", async () => {
  const answer = decide({ kind: "accept" }, { kind: "accept" });
  await withRoom({ answer }, async (room) => {
    const events = await room.turn(
      use("write", { a: "x" }),
      use("write", { a: "y" }),
      use("echo", { text: "free" }),
    );
    assert.deepEqual(questions(events)[0], {
      kind: "mcpToolCall",
      server: "mock",
      tool: "write",
      arguments: { a: "x" },
      description: "Says nothing of itself",
      hints: {},
      persist: ["session", "always"],
    });
    assert.equal(questions(events).length, 2);
    assert.deepEqual(texts(room.outputs()), [
      said("written"),
      said("written"),
      said("echo: free"),
    ]);
  });
});

Deno.test("a no is told to the model in the reference's words, and the turn goes on", async () => {
  const answer = decide({ kind: "decline" }, { kind: "cancel" });
  await withRoom({ answer }, async (room) => {
    const events = await room.turn(use("write"), use("delete"), use("echo"));
    assert.deepEqual(texts(room.outputs()).slice(0, 2), [
      said("user rejected MCP tool call"),
      said("user cancelled MCP tool call"),
    ]);
    const end = events.at(-1);
    assert.equal(end?.type === "turnCompleted" && end.status, "completed");
  });
});

Deno.test("a yes for the session holds for the tool, whatever its arguments", async () => {
  const answer = decide({ kind: "acceptForSession" }, { kind: "decline" });
  await withRoom({ answer }, async (room) => {
    await room.turn(use("write", { a: 1 }), use("write", { a: 2 }));
    const events = await room.turn(use("write"), use("delete"));
    assert.equal(questions(events).length, 1);
    assert.doesNotMatch(await room.readConfig(), /approval_mode/);
  });
});

Deno.test("a yes for good is written into the configuration and leaves the rest alone", async () => {
  const answer = decide({ kind: "acceptAlways" });
  await withRoom({ answer }, async (room) => {
    const before = await room.readConfig();
    await room.turn(use("write"), use("write"));
    assert.equal(
      await room.readConfig(),
      `${before}\n[mcp_servers.mock.tools.write]\napproval_mode = "approve"\n`,
    );
  });
});

Deno.test("a yes for good to a server that is configured elsewhere is not half-written", async () => {
  const answer = decide({ kind: "acceptAlways" });
  await withRoom({ answer }, async (room) => {
    await room.writeConfig("# nothing here\n");
    const events = await room.turn(use("write"), use("write"));
    assert.equal(await room.readConfig(), "# nothing here\n");
    const warning = events.find(({ type }) => type === "warning");
    assert.match(
      warning?.type === "warning" ? warning.message : "",
      /^Cannot keep the approval of mock\/write beyond this session: the server is not configured in /,
    );
    assert.deepEqual(texts(room.outputs()), [said("written"), said("written")]);
  });
});

Deno.test("where each call is to be asked about, no answer holds for longer", async () => {
  const config = '[mcp_servers.mock.tools.echo]\napproval_mode = "prompt"';
  const answer = decide({ kind: "acceptAlways" }, { kind: "acceptForSession" });
  await withRoom({ answer, config }, async (room) => {
    const before = await room.readConfig();
    const events = await room.turn(use("echo"), use("echo"));
    assert.deepEqual(
      questions(events).map((one) => one.kind === "mcpToolCall" && one.persist),
      [[], []],
    );
    assert.equal(await room.readConfig(), before);
  });
});

Deno.test("with approvals off nothing is asked: refused in a sandbox, done without one", async () => {
  for (
    const [sandboxMode, wanted] of [
      ["workspace-write", "user cancelled MCP tool call"],
      ["danger-full-access", "written"],
    ] as const
  ) {
    const options = {
      approval: "never",
      sandboxMode,
      answer: decide(),
    } as const;
    await withRoom(options, async (room) => {
      await room.turn(use("write"));
      assert.deepEqual(texts(room.outputs()), [said(wanted)]);
    });
  }
});

Deno.test("a server's question goes to the front end and the answer back, in its turn", async () => {
  const answer = (event: ThreadEvent): Op | undefined =>
    event.type === "elicitationRequested"
      ? {
        type: "elicitation",
        requestId: event.requestId,
        answer: event.problem === undefined
          ? { action: "accept", content: { yes: 5 } }
          : { action: "accept", content: { yes: true } },
      }
      : undefined;
  await withRoom({ answer }, async (room) => {
    const events = await room.turn(use("elicit"));
    const about = events.filter(({ type }) => type.startsWith("elicitation"));
    const started = events.find(({ type }) => type === "turnStarted");
    const turnId = started?.type === "turnStarted" && started.turnId;
    const elicitation = {
      mode: "form",
      message: "Really?",
      requestedSchema: {
        type: "object",
        properties: { yes: { type: "boolean" } },
        required: ["yes"],
      },
    };
    const first = {
      type: "elicitationRequested",
      turnId,
      server: "mock",
      elicitation,
    };
    assert.deepEqual(about, [
      { ...first, requestId: "elicitation-1" },
      { type: "elicitationResolved", requestId: "elicitation-1" },
      {
        ...first,
        requestId: "elicitation-2",
        problem: '"yes" must be true or false',
      },
      { type: "elicitationResolved", requestId: "elicitation-2" },
    ]);
    assert.deepEqual(texts(room.outputs()), [
      said('elicited: {"action":"accept","content":{"yes":true}}'),
    ]);
  });
});

Deno.test("with approvals off a server's question is declined and nobody is bothered", async () => {
  await withRoom({ approval: "never" }, async (room) => {
    const events = await room.turn(use("elicit"));
    assert.ok(events.every(({ type }) => !type.startsWith("elicitation")));
    assert.deepEqual(texts(room.outputs()), [
      said('elicited: {"action":"decline"}'),
    ]);
  });
});

Deno.test("an interrupt ends a question and the call it was asked in", async () => {
  const answer = (event: ThreadEvent): Op | undefined =>
    event.type === "elicitationRequested" ? { type: "interrupt" } : undefined;
  await withRoom({ answer }, async (room) => {
    const events = await room.turn(use("elicit"));
    const kinds = events.map(({ type }) => type);
    assert.ok(
      kinds.indexOf("elicitationResolved") >
        kinds.indexOf("elicitationRequested"),
    );
    const end = events.at(-1);
    assert.equal(end?.type === "turnCompleted" && end.status, "interrupted");
  });
});

Deno.test("a call is shown with how far it is", async () => {
  await withRoom({}, async (room) => {
    const events = await room.turn(use("progress", { steps: 4 }));
    const words = events.flatMap((event) =>
      event.type === "mcpToolCallProgress" ? [event.message] : []
    );
    // The newest word is always told; one that was overtaken may not be.
    assert.equal(words.at(-1), "4/4");
    const kinds = events.map(({ type }) => type);
    assert.ok(
      kinds.lastIndexOf("mcpToolCallProgress") <
        kinds.lastIndexOf("itemCompleted"),
    );
  });
});

Deno.test("new tools are told with the next turn, never within one", async () => {
  await withRoom({}, async (room) => {
    await room.turn(use("change", { name: "later" }), use("later"));
    assert.deepEqual(texts(room.outputs()), [
      said("changed"),
      "unsupported call: mcp__mock__later",
    ]);
    const bytes = room.requests.map(({ tools }) => JSON.stringify(tools));
    assert.equal(new Set(bytes).size, 1);
    await room.turn(use("later"));
    assert.equal(texts(room.outputs()).at(-1), said("new: later"));
    assert.match(JSON.stringify(room.requests.at(-1)?.tools), /"later"/);
  });
});

Deno.test("a server that died is started again and the user is told", async () => {
  await withRoom({}, async (room) => {
    const events = await room.turn(
      use("crash"),
      use("echo", { text: "again" }),
    );
    assert.deepEqual(texts(room.outputs()), [
      said(
        "tool call error: tool call failed for `mock/crash`\n\nCaused by:\n    Transport closed",
      ),
      said("echo: again"),
    ]);
    assert.deepEqual(
      events.flatMap((event) =>
        event.type === "warning" ? [event.message] : []
      ),
      ['MCP server "mock" had ended and was started again (1 of 3 times)'],
    );
  });
});

Deno.test("a hook answers in the user's place, by the name the model knows a tool by", async () => {
  const answer = (decision: object) =>
    `printf '%s' '${
      JSON.stringify({
        hookSpecificOutput: { hookEventName: "PermissionRequest", decision },
      })
    }'`;
  const hook = (matcher: string, command: string) =>
    [
      "[[hooks.PermissionRequest]]",
      `matcher = ${JSON.stringify(matcher)}`,
      `hooks = [{ type = "command", command = ${JSON.stringify(command)} }]`,
    ].join("\n");
  const config = [
    hook("mcp__mock__write", answer({ behavior: "allow" })),
    hook(
      "mcp__mock__delete",
      `cat > told; ${answer({ behavior: "deny", message: "never delete" })}`,
    ),
  ].join("\n");
  await withRoom({ config }, async (room) => {
    const events = await room.turn(use("write"), use("delete", { all: true }));
    assert.deepEqual(questions(events), []);
    assert.deepEqual(texts(room.outputs()), [
      said("written"),
      said("never delete"),
    ]);
    const runs = events.flatMap((event) =>
      event.type === "hookCompleted" ? [event.run.status] : []
    );
    assert.deepEqual(runs, ["completed", "blocked"]);
  });
});
