/** The list of stored sessions, to go on with one or to fork it. */
import type { ThreadRecord } from "@/protocol/thread_record.ts";
import { line, span } from "@/tui/render/line.ts";
import { BOLD } from "@/tui/render/style.ts";
import type { TuiPorts, TuiRequest } from "@/tui/ports.ts";
import type { TuiState } from "@/tui/state.ts";
import { type Change, only } from "@/tui/step.ts";
import { listPane } from "./list.ts";
import type { Pane } from "./pane.ts";

type Act = "resume" | "fork";
type SortKey = "updated" | "created";

/** Sessions that are looked through; older ones are found by their id. */
const SESSIONS_MAX = 500;

/** Shows the list; `request` says which directories count. */
export function resumePicker(
  act: Act,
  request: Pick<TuiRequest, "anyDirectory" | "thread">,
): Change {
  return (state) =>
    only(state, pickerCall(state, { act, request, sortKey: "updated" }));
}

function pickerCall(
  { thread, cwd }: TuiState,
  { act, request, sortKey }: Omit<PickerFacts, "threads" | "nowMs">,
) {
  // The thread's own directory, which may be another machine's.
  const directory = request.thread.cwd ?? thread?.info.cwd ?? cwd;
  return {
    type: "call",
    attempt: "Cannot list sessions",
    run: async (ports: TuiPorts, signal: AbortSignal): Promise<Change> => {
      const { threads } = await ports.services.stored.list({
        isArchived: false,
        ...(request.anyDirectory ? {} : { cwds: [directory] }),
        sortKey,
        direction: "descending",
        limit: SESSIONS_MAX,
        isFresh: true,
      }, signal);
      const nowMs = ports.clock.now();
      return (state) =>
        only({
          ...state,
          panes: [
            ...state.panes.filter(({ name }) => name !== "sessions"),
            pickerPane(state, { act, request, sortKey, threads, nowMs }),
          ],
        });
    },
  } as const;
}

interface PickerFacts {
  readonly act: Act;
  readonly request: Pick<TuiRequest, "anyDirectory" | "thread">;
  readonly sortKey: SortKey;
  readonly threads: readonly ThreadRecord[];
  readonly nowMs: number;
}

function pickerPane(state: TuiState, facts: PickerFacts): Pane {
  const { act, request, sortKey, threads, nowMs } = facts;
  const isFirst = state.thread === undefined;
  const startNew: Change = (before) =>
    isFirst
      ? only(before, {
        type: "open",
        how: { kind: "new", request: request.thread },
      })
      : only(before);
  const sort = sortKey === "updated" ? "Updated" : "Created";
  return listPane({
    name: "sessions",
    placement: "full",
    keymap: state.keymap.list,
    title: [
      line(
        span(
          act === "resume"
            ? "Resume a previous session"
            : "Fork a previous session",
          BOLD,
        ),
        `  Sort: ${sort}`,
      ),
    ],
    search: { placeholder: "Type to search" },
    items: threads.map((thread) => ({
      label: labelOf(thread),
      description: [
        ageText(
          nowMs - thread[
            sortKey === "updated" ? "updatedAtMs" : "createdAtMs"
          ],
        ),
        thread.git?.branch,
        request.anyDirectory ? thread.cwd : undefined,
      ].filter((part) => part !== undefined).join(" · "),
      terms: `${thread.id} ${thread.preview}`,
      choose: (before) =>
        only(before, {
          type: "open",
          how: { kind: act, id: thread.id, request: request.thread },
        }),
    })),
    footer: `enter to ${act}     esc to ${
      isFirst ? "start new" : "go back"
    }     tab to toggle sort     ↑/↓ to browse`,
    onCancel: startNew,
    onOther: ({ chord }) => {
      if (chord === "ctrl+c" && isFirst) {
        return {
          pane: undefined,
          change: (before) => only(before, { type: "quit" }),
        };
      }
      if (chord !== "tab") return undefined;
      const other = sortKey === "updated" ? "created" : "updated";
      return {
        pane: pickerPane(state, facts),
        change: (before) =>
          only(before, pickerCall(before, { act, request, sortKey: other })),
      };
    },
  });
}

const LABEL_LENGTH_MAX = 60;

function labelOf({ name, preview }: ThreadRecord): string {
  const text = (name ?? preview).replace(/\s+/g, " ").trim();
  if (text === "") return "(no message yet)";
  return text.length <= LABEL_LENGTH_MAX
    ? text
    : `${text.slice(0, LABEL_LENGTH_MAX - 1)}…`;
}

const UNITS: readonly (readonly [number, string])[] = [
  [86_400, "day"],
  [3_600, "hour"],
  [60, "minute"],
  [1, "second"],
];

/** `26 seconds ago`. */
export function ageText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  for (const [size, unit] of UNITS) {
    const count = Math.floor(seconds / size);
    if (count > 0) return `${count} ${unit}${count === 1 ? "" : "s"} ago`;
  }
  return "just now";
}
