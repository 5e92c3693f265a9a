/**
 * The terminal UI with a terminal, an agent and a clock that a test holds in its hands:
 * everything between them is the real program.
 */
import { setImmediate } from "node:timers";
import { runTui } from "@/tui/app.ts";
import { runPlain } from "@/tui/plain_app.ts";
import type {
  TerminalTraits,
  TuiPorts,
  TuiRequest,
  TuiSettings,
} from "@/tui/ports.ts";
import {
  FakeAgent,
  type FakeAgentOptions,
  type FakeThread,
} from "./fake_agent.ts";
import { FakeClock } from "./fake_clock.ts";
import { VirtualTerminal } from "./virtual_terminal.ts";

export interface TuiSessionOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly settings?: Partial<TuiSettings>;
  readonly traits?: Partial<TerminalTraits>;
  readonly request?: Partial<TuiRequest>;
  readonly agent?: Partial<FakeAgentOptions>;
  readonly history?: readonly string[];
  /** Paths below the working directory. */
  readonly files?: readonly string[];
  readonly ports?: Partial<TuiPorts>;
  readonly env?: Readonly<Record<string, string>>;
  readonly diff?: string;
  /** Of sessions that were cut off. */
  readonly drafts?: readonly string[];
  /** What the shell wrote before. */
  readonly before?: string;
  /** False: the terminal answers nothing. */
  readonly answers?: boolean;
}

export const SETTINGS: TuiSettings = {
  animations: false,
  showTooltips: false,
  notifications: true,
  notificationMethod: "auto",
  notifiesAlways: false,
  alternateScreen: "auto",
  statusLine: undefined,
  terminalTitle: undefined,
  theme: undefined,
  isVim: false,
  isPlain: false,
  keymap: {},
  detectsPasteBursts: true,
  reasoning: "summary",
};

export const TRAITS: TerminalTraits = {
  colors: "truecolor",
  reflow: "wraps",
  canScrollRegions: true,
  marksPastes: true,
  hasOsc9: false,
  hasProgress: false,
  isWindowsTerminal: false,
};

/** 2026-01-01, in the middle of nothing. */
const START_MS = 1_767_225_600_000;
const CWD = "/home/u/ws";

export class TuiSession implements AsyncDisposable {
  readonly terminal: VirtualTerminal;
  readonly agent: FakeAgent;
  readonly clock = new FakeClock(START_MS);
  readonly remembered: string[] = [];
  /** What the next session would find. */
  draft = "";
  /** Everything that was written, as it was. */
  written = "";
  rawMode: "raw" | "cooked" = "cooked";
  exitCode: number | undefined;
  #isDone = false;
  readonly #ended: Promise<void>;
  #input: ((bytes: Uint8Array | undefined) => void) | undefined;
  readonly #typed: Uint8Array[] = [];
  #size: { columns: number; rows: number };
  #onResize: () => void = () => {};
  #end: () => void = () => {};
  #writes: Promise<void> = Promise.resolve();

  constructor(options: TuiSessionOptions = {}) {
    const { columns = 80, rows = 24 } = options;
    this.#size = { columns, rows };
    this.terminal = new VirtualTerminal(columns, rows);
    this.terminal.write(options.before ?? "$ codex\r\n");
    this.agent = new FakeAgent({
      cwd: CWD,
      files: options.files ?? [],
      ...options.agent,
    });
    this.#answers = options.answers ?? true;
    const request: TuiRequest = {
      start: { kind: "new" },
      thread: {},
      prompt: undefined,
      images: [],
      anyDirectory: false,
      requiresLogin: false,
      untrusted: undefined,
      ...options.request,
    };
    const run = options.settings?.isPlain ? runPlain : runTui;
    this.#ended = run(request, this.#ports(options)).then(
      (code) => {
        this.exitCode = code;
        this.#isDone = true;
      },
      (error: unknown) => {
        this.#isDone = true;
        this.#error = error;
      },
    );
  }

  readonly #answers: boolean;
  #error: unknown;

  #ports(options: TuiSessionOptions): TuiPorts {
    const write = (data: string | Uint8Array) => {
      const text = typeof data === "string"
        ? data
        : new TextDecoder().decode(data);
      this.written += text;
      this.#writes = this.terminal.write(text);
    };
    return {
      services: this.agent.services,
      console: {
        size: () => this.#size,
        setRaw: (mode) => this.rawMode = mode,
        read: () => {
          const next = this.#typed.shift();
          if (next !== undefined) return Promise.resolve(next);
          return new Promise((resolve) => this.#input = resolve);
        },
        onResize: (handler) => {
          this.#onResize = handler;
          return () => {};
        },
        onHangUp: () => () => {},
        onFatalError: () => () => {},
        suspend: () => Promise.resolve(),
        runForeground: () => Promise.resolve({ code: 0 }),
      },
      terminal: {
        writeOut: write,
        write: async (data) => {
          write(data);
          await this.#writes;
        },
      },
      clock: this.clock,
      signals: {
        onInterrupt: () => () => {},
        onTerminate: (handler) => {
          this.#end = handler;
          return () => {};
        },
      },
      traits: { ...TRAITS, ...options.traits },
      settings: { ...SETTINGS, ...options.settings },
      prompts: {
        read: () => Promise.resolve(options.history ?? []),
        add: (text) => {
          this.remembered.push(text);
          return Promise.resolve();
        },
      },
      drafts: {
        keep: (text) => {
          this.draft = text;
          return Promise.resolve();
        },
        takeLost: () => Promise.resolve(options.drafts ?? []),
      },
      env: {
        get: (name) => options.env?.[name],
        all: () => options.env ?? {},
      },
      cwd: CWD,
      homeDirectory: "/home/u",
      random: () => 0,
      gitDiff: () => Promise.resolve(options.diff ?? ""),
      gitBranch: () => Promise.resolve("main"),
      gitBranches: () => Promise.resolve(["main", "feature/x"]),
      gitCommits: () =>
        Promise.resolve([{
          sha: "0123456789abcdef",
          subject: "Mend the cart",
        }]),
      editExternally: () => Promise.resolve({ kind: "noEditor" }),
      pasteImage: () =>
        Promise.reject(new Error("clipboard unavailable: this is a test")),
      isImage: (path) => Promise.resolve(path.includes("real")),
      exists: (path) => Promise.resolve(path.includes("real")),
      sandboxMechanism: () =>
        Promise.resolve({ isConfined: true, text: "a test" }),
      exportText: (name) => Promise.resolve(`${CWD}/${name}`),
      toast: () => Promise.resolve(),
      ...options.ports,
    };
  }

  /** The thread that was opened last. */
  get thread(): FakeThread {
    const thread = this.agent.threads.at(-1);
    if (thread === undefined) throw new Error("No thread was opened");
    return thread;
  }

  /** Lets everything happen that can happen without time going by. */
  async settle(): Promise<void> {
    for (let round = 0; round < 6; round++) {
      await macrotask();
      await this.#writes;
      this.#answerTerminal();
    }
    // A frame may have been put off.
    this.clock.advance(17);
    for (let round = 0; round < 3; round++) {
      await macrotask();
      await this.#writes;
      this.#answerTerminal();
    }
    if (this.#error !== undefined) throw this.#error;
  }

  #answerTerminal(): void {
    for (const answer of this.terminal.answers.splice(0)) {
      if (this.#answers) this.send(answer);
    }
  }

  /** Bytes from the keyboard. */
  send(bytes: string): void {
    const data = new TextEncoder().encode(bytes);
    const input = this.#input;
    this.#input = undefined;
    if (input === undefined) this.#typed.push(data);
    else input(data);
  }

  async type(text: string): Promise<void> {
    this.send(text);
    await this.settle();
  }

  /** A key by its name, as a terminal of today sends it. */
  async key(name: string): Promise<void> {
    this.send(KEY_BYTES[name] ?? chordBytes(name));
    await this.settle();
    // An escape alone is known as one after a moment.
    if (name === "escape") {
      this.clock.advance(30);
      await this.settle();
    }
  }

  async paste(text: string): Promise<void> {
    await this.type(`\x1b[200~${text}\x1b[201~`);
  }

  async resize(columns: number, rows: number): Promise<void> {
    this.#size = { columns, rows };
    this.terminal.resize(columns, rows);
    this.#onResize();
    await this.advance(60);
  }

  async advance(ms: number): Promise<void> {
    this.clock.advance(ms);
    await this.settle();
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  screen(): string {
    return this.terminal.screen().join("\n").trimEnd();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isDone) this.#end();
    await this.#ended;
    await this.#writes;
    this.terminal.dispose();
    if (this.#error !== undefined) throw this.#error;
  }
}

/** Timers of the web wait four milliseconds when they follow each other; these do not. */
function macrotask(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => resolve()));
}

const KEY_BYTES: Readonly<Record<string, string>> = {
  enter: "\r",
  tab: "\t",
  "shift+tab": "\x1b[Z",
  escape: "\x1b",
  backspace: "\x7f",
  delete: "\x1b[3~",
  space: " ",
  up: "\x1b[A",
  down: "\x1b[B",
  right: "\x1b[C",
  left: "\x1b[D",
  home: "\x1b[H",
  end: "\x1b[F",
  pageup: "\x1b[5~",
  pagedown: "\x1b[6~",
  "shift+left": "\x1b[1;2D",
  "shift+enter": "\x1b[13;2u",
  "alt+left": "\x1b[1;3D",
  "alt+right": "\x1b[1;3C",
  "ctrl+left": "\x1b[1;5D",
  "ctrl+right": "\x1b[1;5C",
};

function chordBytes(name: string): string {
  const control = /^ctrl\+([a-z_])$/.exec(name);
  if (control !== null) {
    return String.fromCharCode((control[1] ?? "").charCodeAt(0) & 0x1f);
  }
  const alt = /^alt\+(.)$/.exec(name);
  if (alt !== null) return `\x1b${alt[1]}`;
  if ([...name].length === 1) return name;
  throw new Error(`There is no key "${name}"`);
}
