/** An agent without a mind: threads that do what a test tells them to. */
import { AsyncQueue } from "@/async/queue.ts";
import type { ConfigChange, ConfigWrite } from "@/protocol/config_write.ts";
import type { FileMatch } from "@/protocol/file_search.ts";
import type { ThreadEvent } from "@/protocol/events.ts";
import type { ThreadHandle, ThreadInfo } from "@/protocol/host.ts";
import type { ThreadId } from "@/protocol/ids.ts";
import type { LoginOutcome } from "@/protocol/logins.ts";
import type { GetAccountResponse } from "@/protocol/rpc/account.ts";
import type { ConfigLayer } from "@/protocol/rpc/config.ts";
import type { McpServerStatus } from "@/protocol/rpc/mcp.ts";
import type { SkillMetadata } from "@/protocol/rpc/skills.ts";
import type { Op } from "@/protocol/ops.ts";
import type {
  AgentServices,
  FeatureEntry,
  ModelEntry,
  OpenThread,
  ThreadRequest,
} from "@/protocol/services.ts";
import type { StoredTurn, ThreadQuery } from "@/protocol/stored_threads.ts";
import type { ThreadRecord } from "@/protocol/thread_record.ts";

/** More than any test sends at once. */
const EVENTS_MAX = 10_000;

export class FakeThread {
  readonly info: ThreadInfo;
  readonly request: ThreadRequest;
  readonly ops: Op[] = [];
  readonly warnings: readonly string[];
  isClosed = false;
  readonly #events = new AsyncQueue<ThreadEvent>(EVENTS_MAX);
  #turns = 0;
  #items = 0;
  #isBusy = false;

  constructor(
    info: ThreadInfo,
    request: ThreadRequest,
    warnings: readonly string[],
  ) {
    this.info = info;
    this.request = request;
    this.warnings = warnings;
  }

  emit(event: ThreadEvent): void {
    if (event.type === "turnStarted") this.#isBusy = true;
    if (event.type === "turnCompleted") this.#isBusy = false;
    this.#events.push(event);
  }

  get turnId(): string {
    return `turn-${this.#turns}`;
  }

  nextItemId(): string {
    return `item-${++this.#items}`;
  }

  open(): OpenThread {
    const handle: ThreadHandle = {
      info: this.info,
      sandboxMechanism: () => Promise.resolve("nothing: this is a test"),
      submit: (op) => this.#submit(op),
      events: () => this.#events,
      close: async () => {
        this.isClosed = true;
        this.#events.close();
      },
    };
    return { handle, warnings: this.warnings, close: () => handle.close() };
  }

  /** What any agent does at once; the rest is the test's. */
  async #submit(op: Op): Promise<void> {
    this.ops.push(op);
    if (op.type === "userInput" && !this.#isBusy) {
      this.#turns++;
      this.emit({ type: "turnStarted", turnId: this.turnId });
      this.take(op);
    }
    if (op.type === "interrupt" && this.#isBusy) {
      this.emit({
        type: "turnCompleted",
        turnId: this.turnId,
        status: "interrupted",
        durationMs: 0,
      });
    }
  }

  /** Tells that what the user said was taken in. */
  take(op: Extract<Op, { type: "userInput" }>): void {
    this.emit({
      type: "itemCompleted",
      turnId: this.turnId,
      item: {
        type: "userMessage",
        id: this.nextItemId(),
        content: op.input,
      },
    });
  }
}

export interface FakeAgentOptions {
  readonly cwd: string;
  readonly model?: string;
  readonly warnings?: readonly string[];
  readonly stored?: readonly ThreadRecord[];
  readonly turns?: Readonly<Record<ThreadId, readonly StoredTurn[]>>;
  readonly models?: readonly ModelEntry[];
  readonly skills?: readonly Partial<SkillMetadata>[];
  readonly features?: readonly FeatureEntry[];
  readonly account?: GetAccountResponse["account"];
  readonly layers?: readonly Partial<ConfigLayer>[];
  readonly mcp?: readonly McpServerStatus[];
  /** What `@` can find. */
  readonly files?: readonly string[];
}

export class FakeAgent {
  readonly threads: FakeThread[] = [];
  readonly services: AgentServices;
  readonly renamed: [ThreadId, string][] = [];
  /** Changes of the configuration. */
  readonly written: ConfigChange[] = [];
  /** Keys that were given to be kept. */
  readonly keys: string[] = [];
  #endLogin: (outcome: LoginOutcome) => void = () => {};
  readonly #options: FakeAgentOptions;

  constructor(options: FakeAgentOptions) {
    this.#options = options;
    const list = (query: ThreadQuery) => this.#list(query);
    const services = {
      codexHome: "/home/u/.codex",
      modelProvider: "openai",
      system: { family: "unix", os: "linux" },
      models: () => options.models ?? MODELS,
      settings: {
        cwd: options.cwd,
        skills: () =>
          Promise.resolve({ skills: options.skills ?? [], errors: [] }),
        account: () =>
          Promise.resolve({
            account: options.account ?? null,
            requiresOpenaiAuth: false,
          }),
        features: () => Promise.resolve(options.features ?? []),
        config: () => Promise.resolve({ layers: options.layers ?? [] }),
      },
      fileSearch: {
        open: ([root = ""]: readonly string[]) => ({
          async *query(text: string) {
            yield { matches: matchesOf(options.files ?? [], text, root) };
          },
          close: () => Promise.resolve(),
        }),
      },
      mcp: {
        names: () =>
          Promise.resolve((options.mcp ?? []).map(({ name }) => name)),
        status: () => Promise.resolve(options.mcp ?? []),
      },
      logins: {
        storeApiKey: (key: string) => {
          this.keys.push(key);
          return Promise.resolve();
        },
        startDevice: () =>
          Promise.reject(new Error("failed to request device code: offline")),
        startBrowser: () =>
          Promise.resolve({
            id: "login",
            url: "https://auth.example.org/?state=x",
            port: 1455,
            outcome: new Promise((resolve) => {
              this.#endLogin = resolve;
            }),
            cancel: (reason: string) => {
              this.#endLogin({ kind: "failed", reason });
              return Promise.resolve();
            },
          }),
        openBrowser: () => true,
        logOut: () => Promise.resolve(false),
      },
      editor: {
        switchSkill: () => Promise.resolve(true),
        write: ({ changes }: ConfigWrite) => {
          this.written.push(...changes);
          return Promise.resolve({});
        },
      },
      threads: {
        start: (request: ThreadRequest) =>
          Promise.resolve(this.#open(request, undefined).open()),
        resume: (id: ThreadId, request: ThreadRequest) =>
          Promise.resolve(this.#open(request, id).open()),
        fork: (id: ThreadId, request: ThreadRequest) =>
          Promise.resolve(this.#open(request, undefined, id).open()),
      },
      stored: {
        find: (id: ThreadId) =>
          Promise.resolve(options.stored?.find((record) => record.id === id)),
        turns: (id: ThreadId) => Promise.resolve(options.turns?.[id]),
        list: (query: ThreadQuery) =>
          Promise.resolve({ threads: list(query), isMore: false }),
        rename: (id: ThreadId, name: string) => {
          this.renamed.push([id, name]);
          return Promise.resolve();
        },
        close: () => Promise.resolve(),
      },
    };
    // What the terminal UI does not ask for is not there, and fails loudly.
    this.services = services as unknown as AgentServices;
  }

  #list(query: ThreadQuery): readonly ThreadRecord[] {
    return (this.#options.stored ?? []).filter(({ cwd }) =>
      query.cwds === undefined || query.cwds.includes(cwd)
    ).toSorted((left, right) =>
      query.sortKey === "updated"
        ? right.updatedAtMs - left.updatedAtMs
        : right.createdAtMs - left.createdAtMs
    );
  }

  #open(
    request: ThreadRequest,
    id: ThreadId | undefined,
    forkedFromId?: ThreadId,
  ): FakeThread {
    const { cwd, model = "gpt-5.2-codex", warnings = [] } = this.#options;
    const number = String(this.threads.length + 1).padStart(12, "0");
    const own = id ?? `01a20000-0000-7000-8000-${number}`;
    const thread = new FakeThread(
      {
        id: own,
        cwd: request.cwd ?? cwd,
        model,
        provider: "openai",
        approvalPolicy: "on-request",
        sandboxPolicy: {
          type: "workspace-write",
          writable_roots: [],
          network_access: false,
          exclude_tmpdir_env_var: false,
          exclude_slash_tmp: false,
        },
        instructionSources: [],
        record: {
          id: own,
          preview: "",
          cwd,
          modelProvider: "openai",
          createdAtMs: 0,
          updatedAtMs: 0,
          path: `/home/u/.codex/sessions/${own}.jsonl`,
          cliVersion: "0.124.0",
          source: "cli",
          ...(forkedFromId === undefined ? {} : { forkedFromId }),
        },
      },
      request,
      warnings,
    );
    this.threads.push(thread);
    return thread;
  }
}

const MODELS: readonly ModelEntry[] = [
  {
    name: "gpt-5.4",
    displayName: "gpt-5.4",
    description: "Strong model for everyday coding.",
    efforts: ["low", "medium", "high", "xhigh"],
    defaultEffort: "medium",
    acceptsImages: true,
    isDefault: true,
    isHidden: false,
  },
  {
    name: "gpt-5.2-codex",
    displayName: "gpt-5.2-codex",
    description: "A coding model.",
    efforts: [],
    defaultEffort: "medium",
    acceptsImages: true,
    isDefault: false,
    isHidden: false,
  },
];

/** The paths that hold the text as it is. */
function matchesOf(
  files: readonly string[],
  text: string,
  root: string,
): readonly FileMatch[] {
  return files.filter((path) => path.includes(text)).map((path) => ({
    root,
    path: path.replace(/\/$/, ""),
    kind: path.endsWith("/") ? "directory" : "file",
    score: 1,
    indices: Array.from(text, (_, index) => path.indexOf(text) + index),
  }));
}
