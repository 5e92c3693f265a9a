/** What was said while a turn ran, and what becomes of it. */
import type { UserInput } from "@/protocol/items.ts";
import type { ThreadId } from "@/protocol/ids.ts";
import { runSlashCommand } from "./slash/run.ts";
import type { QueuedInput, ThreadView, TuiState } from "./state.ts";
import { inOrder, only, type Step } from "./step.ts";
import { changeThread, viewOf, withView } from "./threads.ts";

/** Sends the next of what was queued for the end of the turn. */
export function sendQueued(state: TuiState, threadId: ThreadId): Step {
  const view = viewOf(state, threadId);
  const [next, ...queue] = view?.queue ?? [];
  if (view === undefined || next === undefined) return only(state);
  const rest = withView(state, { ...view, queue });
  // Commands are of the thread that is shown.
  if (next.kind === "command" && state.thread?.id === threadId) {
    return inOrder(
      (before) => runSlashCommand(before, next.text),
      // One that starts no turn lets the one behind it through.
      (before) =>
        viewOf(before, threadId)?.turn === undefined &&
          viewOf(before, threadId)?.sent.length === 0
          ? sendQueued(before, threadId)
          : only(before),
    )(rest);
  }
  return submitInput(rest, threadId, next);
}

/** Gives a thread something to do, or something more to what it does. */
export function submitInput(
  state: TuiState,
  threadId: ThreadId,
  input: QueuedInput,
): Step {
  const view = viewOf(state, threadId);
  if (view === undefined) return only(state);
  if (input.kind === "shell") {
    // An agent does one thing at a time; kept here, it is seen and can be taken back.
    if (view.turn !== undefined) {
      return only(withView(state, { ...view, queue: [...view.queue, input] }));
    }
    return only(state, {
      type: "op",
      threadId,
      op: { type: "userShell", command: input.text },
    });
  }
  const content: readonly UserInput[] = input.kind === "message"
    ? [...input.attachments, { type: "text", text: input.text }]
    : [{ type: "text", text: input.text }];
  return only(withView(state, said(view, input.text)), {
    type: "op",
    threadId,
    op: { type: "userInput", input: content, choices: view.choices },
  });
}

function said(view: ThreadView, text: string): ThreadView {
  return view.turn === undefined
    ? { ...view, sent: [...view.sent, text] }
    : { ...view, steering: [...view.steering, text] };
}

/** Queues something for the end of the turn of the thread that is shown. */
export function queued(state: TuiState, input: QueuedInput): TuiState {
  return changeThread(state, (view) => ({
    ...view,
    queue: [...view.queue, input],
  }));
}
