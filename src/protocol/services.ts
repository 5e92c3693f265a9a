/**
 * What a server offers its clients beside running threads. Whoever builds the program
 * implements it; a test implements what it needs.
 */
import type { CommandService } from "./command_exec.ts";
import type { ConfigWrite, SkillSwitch } from "./config_write.ts";
import type { DeviceKeyService } from "./device_keys.ts";
import type { ExternalAgentService } from "./external_agent.ts";
import type { FileSearch } from "./file_search.ts";
import type { ThreadHandle, ThreadOptions } from "./host.ts";
import type { ThreadId } from "./ids.ts";
import type { LoginService } from "./logins.ts";
import type { McpService } from "./mcp_access.ts";
import type { SandboxMode } from "./policy.ts";
import type { ThreadStore } from "./stored_threads.ts";
import type { GetAccountResponse } from "./rpc/account.ts";
import type {
  ConfigLayer,
  ConfigReadResponse,
  ConfigWriteResponse,
} from "./rpc/config.ts";
import type { ExperimentalFeatureStage } from "./rpc/features.ts";
import type { SkillsListEntry } from "./rpc/skills.ts";

/** What may be said of a thread when it is opened, over what is configured. */
export interface ThreadRequest extends ThreadOptions {
  readonly cwd?: string;
  readonly modelProvider?: string;
  /** A named set of settings in config.toml. */
  readonly profile?: string;
  /** Keys of config.toml, dotted ones too. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly sandboxMode?: SandboxMode;
  readonly isEphemeral?: boolean;
}

/** A thread that runs now. */
export interface OpenThread {
  readonly handle: ThreadHandle;
  /** Told to the user once. */
  readonly warnings: readonly string[];
  /** Ends it and what it was built of. */
  close(): Promise<void>;
}

export interface ThreadService {
  start(request: ThreadRequest, signal: AbortSignal): Promise<OpenThread>;
  /** @throws CodexError `not_found` */
  resume(
    id: ThreadId,
    request: ThreadRequest,
    signal: AbortSignal,
  ): Promise<OpenThread>;
  /** A new thread with all that one holds. @throws CodexError `not_found` */
  fork(
    from: ThreadId,
    request: ThreadRequest,
    signal: AbortSignal,
  ): Promise<OpenThread>;
}

export interface ModelEntry {
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly efforts: readonly string[];
  readonly defaultEffort: string;
  readonly acceptsImages: boolean;
  readonly isDefault: boolean;
  readonly isHidden: boolean;
}

export interface FeatureEntry {
  readonly name: string;
  readonly stage: ExperimentalFeatureStage;
  readonly isEnabled: boolean;
  readonly isEnabledByDefault: boolean;
}

/** What the configuration says now; every question reads it anew. */
export interface SettingsService {
  /** Where the program runs. */
  readonly cwd: string;
  /** Who is logged in, and whether the configured provider wants that. */
  account(): Promise<GetAccountResponse>;
  /** What holds in a directory, and which file says so. */
  config(
    cwd: string,
  ): Promise<ConfigReadResponse & { readonly layers: ConfigLayer[] }>;
  features(): Promise<readonly FeatureEntry[]>;
  /** Those that hold in a directory, with more directories of the user's to look in. */
  skills(
    cwd: string,
    extraUserRoots: readonly string[],
  ): Promise<Omit<SkillsListEntry, "cwd">>;
  forgetMemories(): Promise<void>;
}

/** Changes what the configuration says. One change is made after the other. */
export interface ConfigEditor {
  /** @throws ConfigWriteError */
  write(write: ConfigWrite): Promise<ConfigWriteResponse>;
  /** Writes down whether a skill is used; gives back whether it is, all files heard. */
  switchSkill(skill: SkillSwitch, isEnabled: boolean): Promise<boolean>;
  /**
   * Switches features until this program ends, for threads opened from now on. What
   * files and flags say of a feature goes before.
   *
   * @throws CodexError `invalid_input` for a feature that cannot be switched so
   */
  switchFeatures(states: Readonly<Record<string, boolean>>): void;
}

export interface AgentServices {
  readonly deviceKeys: DeviceKeyService;
  readonly settings: SettingsService;
  readonly editor: ConfigEditor;
  readonly logins: LoginService;
  readonly mcp: McpService;
  readonly commands: CommandService;
  readonly fileSearch: FileSearch;
  readonly externalAgent: ExternalAgentService;
  readonly threads: ThreadService;
  readonly stored: ThreadStore;
  readonly codexHome: string;
  /** The provider that is configured. */
  readonly modelProvider: string;
  /** `unix` or `windows`, and the system's own name. */
  readonly system: { readonly family: string; readonly os: string };
  /** How this program names itself to a provider, for that client. */
  userAgent(
    client: { readonly name: string; readonly version: string },
  ): string;
  models(): readonly ModelEntry[];
}
