/**
 * A scenario of the terminal UI: one step a line, and the screens they lead to. What a
 * step does is said in tests/scenarios/tui/README.md.
 */
import type { ThreadEvent } from "@/protocol/events.ts";
import type { ThreadItem } from "@/protocol/items.ts";
import { TuiSession, type TuiSessionOptions } from "./tui_session.ts";

/** The screens, each under its title. */
export async function runScenario(steps: string): Promise<string> {
  const lines = steps.split("\n").filter((line) =>
    line.trim() !== "" && !line.startsWith("#")
  );
  const options: TuiSessionOptions = lines[0]?.startsWith("options ")
    ? JSON.parse(lines[0].slice("options ".length))
    : {};
  await using session = new TuiSession(options);
  await session.settle();
  const seen: string[] = [];
  for (const line of lines) {
    const [, name = "", rest = ""] = /^(\S+) ?(.*)$/.exec(line) ?? [];
    if (name === "options") continue;
    const step = STEPS[name];
    if (step === undefined) throw new Error(`There is no step "${name}"`);
    const shown = await step(session, rest);
    await session.settle();
    if (shown !== undefined) seen.push(`=== ${line}\n${shown()}\n`);
  }
  return seen.join("");
}

/** OSC 9, and bells that end no other sequence. */
// deno-lint-ignore no-control-regex -- what is looked for
const NOTICES = /\x1b\]9;[^\x07]*\x07|(?<!\x1b\][^\x07]*)\x07/g;

type Show = () => string;
type RunStep = (
  session: TuiSession,
  rest: string,
) => Promise<Show | undefined | void> | Show | undefined | void;

const STEPS: Readonly<Record<string, RunStep>> = {
  type: (session, text) => session.type(text),
  key: async (session, names) => {
    for (const name of names.split(" ")) await session.key(name);
  },
  paste: (session, text) => session.paste(JSON.parse(text)),
  /** Raw bytes, as a JSON string. */
  bytes: (session, text) => session.type(JSON.parse(text)),
  resize: (session, text) => {
    const [columns = 0, rows = 0] = text.split(" ").map(Number);
    return session.resize(columns, rows);
  },
  wait: (session, ms) => session.advance(Number(ms)),
  background: (session, color) => {
    const [red, green, blue] = color.match(/../g) ?? [];
    return session.type(`\x1b]11;rgb:${red}/${green}/${blue}\x1b\\`);
  },
  event: (session, text) =>
    session.thread.emit(
      { turnId: session.thread.turnId, ...JSON.parse(text) } as ThreadEvent,
    ),
  item: (session, text) => complete(session, JSON.parse(text)),
  start: (session, text) => {
    const { thread } = session;
    thread.emit({
      type: "itemStarted",
      turnId: thread.turnId,
      item: itemOf(session, JSON.parse(text)),
    });
  },
  delta: (session, text) => {
    session.thread.emit({
      type: "agentMessageDelta",
      itemId: "answer",
      delta: JSON.parse(text),
    });
  },
  answer: (session, text) => {
    const whole: string = JSON.parse(text);
    session.thread.emit({
      type: "agentMessageDelta",
      itemId: "answer",
      delta: whole,
    });
    complete(session, { type: "agentMessage", id: "answer", text: whole });
  },
  /** The agent takes in what was said while it worked. */
  take: ({ thread }) => {
    const op = thread.ops.findLast(({ type }) => type === "userInput");
    if (op?.type === "userInput") thread.take(op);
  },
  end: ({ thread }, text) =>
    thread.emit({
      type: "turnCompleted",
      turnId: thread.turnId,
      status: "completed",
      durationMs: 0,
      ...(text === "" ? {} : JSON.parse(text)),
    }),
  screen: ({ terminal }) => () =>
    terminal.screen().map((row) => `|${row}`).join("\n"),
  everything: ({ terminal }) => () => terminal.everything(),
  cursor: ({ terminal }) => () => JSON.stringify(terminal.cursor),
  cell: ({ terminal }, place) => () => {
    const [row = 0, column = 0] = place.split(" ").map(Number);
    return JSON.stringify(terminal.cell(row, column));
  },
  /** What was written to be noticed: bells and messages. */
  told: (session) => () => {
    const told = session.written.match(NOTICES) ?? [];
    session.written = "";
    return told.map((text) => JSON.stringify(text)).join("\n");
  },
  modes: ({ rawMode, written }) => () => {
    const end = written.slice(written.lastIndexOf("\x1b[<1u"));
    return `${rawMode} ${JSON.stringify(end.slice(0, 60))}`;
  },
  title: ({ terminal }) => () => terminal.title,
  alternate: ({ terminal }) => () => String(terminal.isAlternate),
  ops: ({ thread }) => () =>
    thread.ops.splice(0).map((op) => JSON.stringify(op)).join("\n"),
  draft: ({ draft }) => () => draft,
  remembered: ({ remembered }) => () => JSON.stringify(remembered),
  saved: ({ agent }) => () =>
    agent.written.map((change) => JSON.stringify(change)).join("\n"),
  done: (session) => () => String(session.exitCode),
};

function complete(session: TuiSession, partial: Record<string, unknown>): void {
  const { thread } = session;
  thread.emit({
    type: "itemCompleted",
    turnId: thread.turnId,
    item: itemOf(session, partial),
  });
}

/** Items as a scenario writes them, with what goes without saying. */
function itemOf(
  { thread }: TuiSession,
  partial: Record<string, unknown>,
): ThreadItem {
  const defaults = partial.type === "commandExecution"
    ? {
      cwd: "/home/u/ws",
      status: "completed",
      aggregatedOutput: "",
      exitCode: 0,
    }
    : {};
  // A scenario writes the fields of the item's kind.
  return { id: thread.nextItemId(), ...defaults, ...partial } as ThreadItem;
}
