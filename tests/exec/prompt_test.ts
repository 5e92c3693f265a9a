/** Where a prompt comes from; the bytes of standard input are tried in tests/e2e. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type PromptRequest, resolvePrompt } from "@/exec/prompt.ts";
import type { Terminal } from "@/platform/platform.ts";
import { anyText } from "@test/support/arbitraries.ts";
import { FakeClock, NEVER } from "@test/support/fake_clock.ts";

interface Given {
  readonly argument?: string;
  readonly stdin?: PromptRequest["stdin"];
  /** Text, a terminal, or a pipe nobody writes to. */
  readonly input: string | "a terminal" | "silence";
  readonly isTty?: boolean;
  readonly hasPipelineWriter?: boolean;
}

async function resolve(given: Given) {
  const clock = new FakeClock();
  let stderr = "";
  let reads = 0;
  const terminal: Terminal = {
    stdinIsTty: given.isTty === true,
    stdoutIsTty: false,
    stderrIsTty: false,
    writeOut() {},
    writeErr: (text) => void (stderr += text),
    async write() {},
    async *readStdin() {
      reads++;
      if (given.input === "silence") await new Promise(() => {});
      yield new TextEncoder().encode(given.input);
    },
  };
  const prompt = resolvePrompt(
    {
      terminal,
      clock,
      hasPipelineWriter: async () => given.hasPipelineWriter === true,
    },
    {
      argument: given.argument,
      stdin: given.stdin ?? "auto",
      waitMs: 1_000,
    },
    NEVER,
  );
  // Anybody who is going to write has written by then.
  if (given.input === "silence") clock.advance(1_000);
  const result = await prompt.catch((error) => `error: ${error.message}`);
  return { result, stderr, reads };
}

Deno.test("a terminal is read only for `-`; without a prompt it is an error", async () => {
  const terminal = { input: "typed", isTty: true };
  assert.deepEqual(
    [
      await resolve({ ...terminal, argument: "P" }),
      await resolve({ ...terminal, argument: "-" }),
      await resolve(terminal),
    ],
    [
      { result: "P", stderr: "", reads: 0 },
      { result: "typed", stderr: "", reads: 1 },
      {
        result:
          "error: No prompt provided. Either specify one as an argument or pipe the prompt into stdin.",
        stderr: "",
        reads: 0,
      },
    ],
  );
});

Deno.test("a silent pipe beside an argument is left alone after the wait, unless it is to be waited for", async () => {
  const silent = { argument: "P", input: "silence" };
  const { result, stderr } = await resolve(silent);
  assert.equal(result, "P");
  assert.match(
    stderr,
    /^Reading additional input[^]*No input on stdin after 1 s; going on without it/,
  );
  assert.deepEqual(
    await resolve({ ...silent, stdin: "ignore" }),
    { result: "P", stderr: "", reads: 0 },
  );
  for (
    const waiting of [
      { ...silent, stdin: "wait" as const },
      { ...silent, hasPipelineWriter: true },
    ]
  ) {
    const settled = Promise.race([
      resolve(waiting),
      new Promise((resolve) => setTimeout(resolve, 0, "still waiting")),
    ]);
    assert.equal(await settled, "still waiting");
  }
});

Deno.test("any piped text joins an argument as a block of its own lines", async () => {
  await fc.assert(fc.asyncProperty(anyText(), async (text) => {
    fc.pre(!text.startsWith("\uFEFF") && text.trim() !== "");
    const { result } = await resolve({ argument: "P", input: text });
    const end = text.endsWith("\n") ? "" : "\n";
    assert.equal(result, `P\n\n<stdin>\n${text}${end}</stdin>`);
  }));
});
