/**
 * The rules of a running thread: judges commands by them and grows them by what the
 * user allows from now on. The shell's parser is loaded when the first command must be
 * judged; most turns never need it.
 */
import { mayBeDangerous } from "@/exec-policy/dangerous.ts";
import { allowPrefix, mergeRules, NO_RULES } from "@/exec-policy/rule.ts";
import type { Argv, NetworkRule, RuleSet } from "@/exec-policy/rule.ts";
import { UNJUDGED, type Verdict } from "@/exec-policy/verdict.ts";
import { FileError, type FileSystem } from "@/platform/platform.ts";
import { type ResponseItem, textMessage } from "@/protocol/response_items.ts";
import { type CommandFacts, needsVerdict } from "./requirement.ts";
import { saveAllowedPrefix } from "./rule_files.ts";

export interface CommandRulesPorts {
  readonly files: FileSystem;
  readonly codexHome: string;
  readonly rules: RuleSet;
  /** The user's shell: an absolute path. */
  readonly shell: string;
  warn(message: string): Promise<void>;
}

export class CommandRules {
  readonly #ports: CommandRulesPorts;
  #rules: RuleSet;
  #notes: ResponseItem[] = [];
  /** Saves wait for each other, so that none is lost. */
  #saving: Promise<void> = Promise.resolve();

  constructor(ports: CommandRulesPorts) {
    this.#ports = ports;
    this.#rules = ports.rules;
  }

  /** The verdict about a command, or none when nothing depends on it. */
  async verdictIfNeeded(
    argv: Argv,
    facts: Pick<CommandFacts, "approval" | "sandbox" | "wantsEscalation">,
  ): Promise<Verdict> {
    const isNeeded = this.#rules.prefixRules.length > 0 ||
      needsVerdict(facts, mayBeDangerous(argv));
    return isNeeded ? await this.verdict(argv) : UNJUDGED;
  }

  /** What the rule files say about hosts. */
  get networkRules(): readonly NetworkRule[] {
    return this.#rules.networkRules;
  }

  /** The verdict about a command. */
  async verdict(argv: Argv): Promise<Verdict> {
    const { judge } = await import("@/exec-policy/judge.ts");
    return judge(this.#rules, argv, this.#ports.shell);
  }

  /** Allows commands that start like this, in this thread and in later ones. */
  async allowFromNowOn(prefix: Argv): Promise<void> {
    if (prefix.length === 0) return;
    const added = { ...NO_RULES, prefixRules: [allowPrefix(prefix)] };
    this.#rules = mergeRules(this.#rules, added);
    this.#saving = this.#saving.then(() => this.#save(prefix));
    await this.#saving;
  }

  async #save(prefix: Argv): Promise<void> {
    const { files, codexHome } = this.#ports;
    try {
      await saveAllowedPrefix(files, codexHome, prefix);
      this.#notes.push(savedNote(prefix));
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      await this.#ports.warn(
        `Cannot save the rule for ${shownPrefix(prefix)}: ${error.osText}; ` +
          "it holds for this session",
      );
    }
  }

  /** What the model is to be told about rules; each note is given out once. */
  takeNotes(): readonly ResponseItem[] {
    return this.#notes.splice(0);
  }
}

function savedNote(prefix: Argv): ResponseItem {
  return textMessage(
    "developer",
    `Approved command prefix saved:\n- ${shownPrefix(prefix)}`,
  );
}

/** `["rm", "-rf"]` */
function shownPrefix(prefix: Argv): string {
  return `[${prefix.map((word) => JSON.stringify(word)).join(", ")}]`;
}
