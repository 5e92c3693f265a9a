/**
 * A run of exec: starts or resumes a thread, gives it the prompt, shows its events
 * until the turn ends, and says by the exit code how that went.
 */
import type { Platform } from "@/platform/platform.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type {
  ThreadHandle,
  ThreadHost,
  ThreadSelector,
} from "@/protocol/host.ts";
import type { UserInput } from "@/protocol/items.ts";
import type { Op } from "@/protocol/ops.ts";
import { reviewHint, type ReviewTarget } from "@/protocol/review.ts";
import { printable } from "@/text/ansi.ts";
import { headerLines, HumanView } from "./human.ts";
import { JsonView } from "./jsonl.ts";
import { styleFor } from "./style.ts";
import { unattendedAnswer } from "./unattended.ts";

/** What is to be done. */
export type ExecTask =
  | { readonly kind: "prompt"; readonly text: string }
  | { readonly kind: "review"; readonly target: ReviewTarget };

export interface ExecRequest {
  readonly task: ExecTask;
  /** Absolute paths. */
  readonly images: readonly string[];
  readonly outputSchema: unknown;
  /** The thread to continue; undefined for a new one. */
  readonly resume: ThreadSelector | undefined;
  readonly json: boolean;
  readonly color: "always" | "never" | "auto";
  /** Where to write the last message. */
  readonly lastMessageFile: string | undefined;
  readonly hideReasoning: boolean;
  readonly showRawReasoning: boolean;
  readonly warnings: readonly string[];
}

const EXIT_FAILED = 1;
/** 128 + SIGINT, as a shell reports it. */
const EXIT_INTERRUPTED_TWICE = 130;
const EXIT_TERMINATED = 143;

/** Runs one turn and gives the exit code. */
export async function runExec(
  host: ThreadHost,
  request: ExecRequest,
  platform: Pick<Platform, "terminal" | "signals" | "files" | "env">,
  exit: (code: number) => never,
): Promise<number> {
  const lifetime = new AbortController();
  const thread = request.resume === undefined
    ? await host.startThread({}, lifetime.signal)
    : await host.resumeThread(request.resume, {}, lifetime.signal);
  const watch = watchSignals(thread, platform, exit);
  try {
    const view = createView(request, thread, platform);
    await thread.submit(opOf(request));
    const outcome = await followTurn(thread, view);
    if (watch.isTerminated()) return EXIT_TERMINATED;
    await finish(request, platform, view, outcome);
    return outcome.hasFailed ? EXIT_FAILED : 0;
  } finally {
    await thread.close();
    watch.stop();
  }
}

interface View {
  /** Shows what is shown before the first event. */
  begin(): Promise<void>;
  show(event: ThreadEvent): void;
  /** Prints the last message where a program would look for it. */
  end(lastMessage: string | undefined): void;
}

interface Outcome {
  readonly hasFailed: boolean;
  readonly isCompleted: boolean;
  readonly lastMessage: string | undefined;
}

async function followTurn(thread: ThreadHandle, view: View): Promise<Outcome> {
  let hasBegun = false;
  let hasFailed = false;
  for await (const event of thread.events()) {
    // The turn is under way by now: the request leaves while the header is made. A
    // turn that cannot begin has an error for its first event.
    if (!hasBegun) await view.begin();
    hasBegun = true;
    view.show(event);
    const answer = unattendedAnswer(event);
    if (answer !== undefined) await thread.submit(answer);
    // An error that ends no turn, such as a command that could not be confined.
    if (event.type === "error" && !event.willRetry) hasFailed = true;
    if (event.type !== "turnCompleted") continue;
    return {
      hasFailed: hasFailed || event.status !== "completed",
      isCompleted: event.status === "completed",
      lastMessage: event.lastAgentMessage,
    };
  }
  // Closed by a signal before the turn began.
  return { hasFailed: true, isCompleted: false, lastMessage: undefined };
}

async function finish(
  request: ExecRequest,
  platform: Pick<Platform, "terminal" | "files">,
  view: View,
  outcome: Outcome,
): Promise<void> {
  if (!outcome.isCompleted) return;
  view.end(outcome.lastMessage);
  const path = request.lastMessageFile;
  if (path === undefined) return;
  if (outcome.lastMessage === undefined) {
    platform.terminal.writeErr(
      `Warning: no last agent message; wrote empty content to ${path}\n`,
    );
  }
  try {
    await platform.files.replaceFile(path, outcome.lastMessage ?? "");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    platform.terminal.writeErr(
      `Failed to write last message file "${path}": ${reason}\n`,
    );
  }
}

function createView(
  request: ExecRequest,
  thread: ThreadHandle,
  { terminal, env }: Pick<Platform, "terminal" | "env">,
): View {
  return request.json
    ? jsonView(thread, terminal.writeOut)
    : humanView(request, thread, terminal, env.get("NO_COLOR"));
}

function jsonView(thread: ThreadHandle, write: (text: string) => void): View {
  const view = new JsonView();
  return {
    begin: async () =>
      write(`${JSON.stringify(view.started(thread.info.id))}\n`),
    show(event) {
      for (const line of view.events(event)) write(`${JSON.stringify(line)}\n`);
    },
    end() {},
  };
}

function humanView(
  request: ExecRequest,
  thread: ThreadHandle,
  terminal: Platform["terminal"],
  noColor: string | undefined,
): View {
  const useColour = request.color === "always" ||
    (request.color === "auto" && terminal.stderrIsTty && !noColor);
  const options = {
    style: styleFor(useColour),
    hideReasoning: request.hideReasoning,
    showRawReasoning: request.showRawReasoning,
  };
  const view = new HumanView(options);
  const colours = useColour ? "keep colours" : "plain";
  const write = (lines: readonly string[]) => {
    if (lines.length === 0) return;
    // Commands and models write what they like; a terminal must not act on it.
    terminal.writeErr(printable(`${lines.join("\n")}\n`, colours));
  };
  return {
    async begin() {
      const facts = {
        info: thread.info,
        mechanism: await thread.sandboxMechanism(),
        prompt: request.task.kind === "prompt"
          ? request.task.text
          : reviewHint(request.task.target),
      };
      write(headerLines(facts, options));
      write(request.warnings.map((warning) => `warning: ${warning}`));
    },
    show: (event) => write(view.lines(event)),
    end(lastMessage) {
      // Someone who sees both streams has just read it.
      if (
        lastMessage === undefined ||
        (terminal.stdoutIsTty && terminal.stderrIsTty)
      ) return;
      const text = `${lastMessage}\n`;
      terminal.writeOut(terminal.stdoutIsTty ? printable(text, "plain") : text);
    },
  };
}

function opOf({ task, images, outputSchema }: ExecRequest): Op {
  if (task.kind === "review") return { type: "review", target: task.target };
  const input: readonly UserInput[] = [
    ...images.map((path): UserInput => ({ type: "localImage", path })),
    { type: "text", text: task.text },
  ];
  return {
    type: "userInput",
    input,
    ...(outputSchema === undefined ? {} : { outputSchema }),
  };
}

interface SignalWatch {
  /** True once the process was asked to end. */
  isTerminated(): boolean;
  stop(): void;
}

/** The first interrupt stops the turn in order; the second one ends the program. */
function watchSignals(
  thread: ThreadHandle,
  { signals }: Pick<Platform, "signals">,
  exit: (code: number) => never,
): SignalWatch {
  let interrupts = 0;
  let isTerminated = false;
  const stops = [
    signals.onInterrupt(() => {
      if (++interrupts > 1) exit(EXIT_INTERRUPTED_TWICE);
      thread.submit({ type: "interrupt" });
    }),
    signals.onTerminate(() => {
      isTerminated = true;
      thread.close();
    }),
  ];
  return {
    isTerminated: () => isTerminated,
    stop: () => stops.forEach((stop) => stop()),
  };
}
