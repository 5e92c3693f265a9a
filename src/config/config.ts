/**
 * Config: everything the layers, the profile and the flags decided, resolved and
 * with defaults filled in. Built once by `load.ts`; nothing downstream reads a
 * config file, a raw key or an environment variable to learn a setting.
 */
import type {
  ApprovalPolicy,
  CommandLimits,
  Personality,
  ReasoningEffort,
  ReasoningSummary,
  SandboxMode,
  Verbosity,
  WebSearchMode,
} from "@/protocol/policy.ts";
import type { FeatureStates } from "./features.ts";

/** A TOML table as parsed: unchecked, for parts whose owner decodes them later. */
export type RawTable = Readonly<Record<string, unknown>>;

/** Where a request's credential comes from. */
export type ProviderAuth =
  /** The value of an environment variable, which must be set when a request is made. */
  | {
    readonly kind: "environment";
    readonly variable: string;
    /** What to tell the user when the variable is not set. */
    readonly instructions?: string;
  }
  | { readonly kind: "bearer"; readonly token: string }
  | {
    readonly kind: "command";
    readonly argv: readonly string[];
    readonly cwd: string;
    readonly timeoutMs: number;
    /** 0 means: ask again only after the server refused the token. */
    readonly refreshIntervalMs: number;
  }
  /** The stored OpenAI login. */
  | { readonly kind: "login" }
  /** Nothing of its own, and the stored login is not meant for it. */
  | { readonly kind: "none" };

/** One model provider, complete. */
export interface ProviderConfig {
  readonly id: string;
  readonly name: string;
  /** Without a final slash. */
  readonly baseUrl: string;
  /** True when nobody configured the base URL, so a login may choose another. */
  readonly isDefaultBaseUrl: boolean;
  /** Fixed headers and those taken from the environment; unset and blank ones left out. */
  readonly headers: Readonly<Record<string, string>>;
  readonly queryParams: Readonly<Record<string, string>>;
  readonly requestMaxRetries: number;
  readonly streamMaxRetries: number;
  readonly streamIdleTimeoutMs: number;
  readonly websocketConnectTimeoutMs: number;
  readonly supportsWebsockets: boolean;
  /** The provider wants the stored OpenAI login. */
  readonly requiresLogin: boolean;
  readonly auth: ProviderAuth;
}

/** The parts of the workspace-write sandbox a user may change. */
export interface WorkspaceWriteConfig {
  /** Absolute. */
  readonly writableRoots: readonly string[];
  readonly networkAccess: boolean;
  readonly excludeTmpdirEnvVar: boolean;
  readonly excludeSlashTmp: boolean;
  /** Hosts open to commands without a network; see `text/host_pattern.ts`. */
  readonly networkAllow?: readonly string[];
  /** Commands see a `/tmp` of their thread alone. */
  readonly privateTmp: boolean;
  readonly limits?: CommandLimits;
}

/** Which variables a command the model runs gets to see. */
export interface ShellEnvironmentPolicy {
  readonly inherit: "all" | "core" | "none";
  /** True keeps variables whose names look like secrets. */
  readonly ignoreDefaultExcludes: boolean;
  /** Globs (`*`, `?`) over names, not case-sensitive. */
  readonly exclude: readonly string[];
  readonly set: Readonly<Record<string, string>>;
  /** When not empty, only names matching one of these globs are kept. */
  readonly includeOnly: readonly string[];
  /** Run commands through the user's shell profile. */
  readonly useProfile: boolean;
}

/** How the hosted web search is asked for; all optional parts absent by default. */
export interface WebSearchConfig {
  readonly contextSize?: "low" | "medium" | "high";
  readonly allowedDomains?: readonly string[];
  readonly location?: {
    readonly country?: string;
    readonly region?: string;
    readonly city?: string;
    readonly timezone?: string;
  };
}

/** A variable a server gets to see: its name, or that with where it is read. */
export type McpEnvVar = string | {
  readonly name: string;
  /** `remote` is of machines that run servers for others. */
  readonly source?: "local" | "remote";
};

/** How an MCP server is reached. Maps are sorted by name. */
export type McpTransport =
  | {
    readonly kind: "stdio";
    readonly command: string;
    readonly args: readonly string[];
    /** Set for the server. */
    readonly env: Readonly<Record<string, string>> | undefined;
    /** Our own variables the server gets to see. */
    readonly envVars: readonly McpEnvVar[];
    readonly cwd: string | undefined;
  }
  | {
    readonly kind: "http";
    readonly url: string;
    readonly bearerTokenEnvVar: string | undefined;
    readonly headers: Readonly<Record<string, string>> | undefined;
    /** Header name to the variable that holds its value. */
    readonly envHeaders: Readonly<Record<string, string>> | undefined;
    /** What a login asks for; undefined leaves it to the server. */
    readonly scopes: readonly string[] | undefined;
    /** The resource a login is for, where it is not the server's own word. */
    readonly oauthResource: string | undefined;
    /** Undefined: a login registers a client of its own. */
    readonly oauthClient: McpOAuthClient | undefined;
  };

/** Who this program is to a server's authorization server, arranged beforehand. */
export type McpOAuthClient = McpBrowserClient | McpGrantClient;

/** Known to the authorization server; a person logs in. */
export interface McpBrowserClient {
  readonly grant: "authorization_code";
  readonly id: string | undefined;
  /** The address of a document about the client, which then is its id. */
  readonly metadataUrl: string | undefined;
  readonly secretEnvVar: string | undefined;
  /** The only authorization server that is told who we are. */
  readonly issuer: string | undefined;
}

/** Gets its tokens without a person. */
export type McpGrantClient =
  | {
    readonly grant: "client_credentials";
    readonly id: string;
    readonly issuer: string;
    readonly proof:
      | { readonly kind: "secret"; readonly envVar: string }
      | {
        readonly kind: "key";
        /** Holds the key as PKCS #8 in PEM. */
        readonly envVar: string;
        /** RFC 7518, section 3.1. */
        readonly algorithm: string;
      };
  }
  | {
    /** An identity provider vouches for the user the id token is of. */
    readonly grant: "cross_app_access";
    readonly id: string;
    readonly issuer: string;
    readonly secretEnvVar: string;
    readonly idTokenEnvVar: string;
    readonly provider: {
      readonly clientId: string;
      readonly tokenEndpoint: string;
    };
  };

/** When a call of an MCP tool is asked about: by what it says of itself, always, never. */
export type McpApprovalMode = "auto" | "prompt" | "approve";

export interface McpServerConfig {
  readonly transport: McpTransport;
  readonly isEnabled: boolean;
  /** Without this server no thread begins. */
  readonly isRequired: boolean;
  /** Undefined: the default. */
  readonly startupTimeoutMs: number | undefined;
  readonly toolTimeoutMs: number | undefined;
  /** Only these tools, by their own names; undefined means all. */
  readonly enabledTools: readonly string[] | undefined;
  readonly disabledTools: readonly string[] | undefined;
  readonly approvalMode: McpApprovalMode;
  /** For single tools, by their own names. */
  readonly toolApprovalModes: Readonly<Record<string, McpApprovalMode>>;
  /** Its tools may run beside each other. */
  readonly isParallel: boolean;
}

/** How logins to MCP servers are kept and made. */
export interface McpOAuthConfig {
  readonly store: "auto" | "file" | "keyring";
  /** Where the browser comes back to; undefined: any free port. */
  readonly callbackPort: number | undefined;
  /** The address given to the authorization server in place of the loopback's. */
  readonly callbackUrl: string | undefined;
}

export interface AgentsConfig {
  readonly maxThreads: number;
  readonly maxDepth: number;
  readonly jobMaxRuntimeSeconds?: number;
  /** Role name to its table, unchecked. */
  readonly roles: Readonly<Record<string, RawTable>>;
}

export interface HistoryConfig {
  readonly persistence: "save-all" | "none";
  readonly maxBytes?: number;
}

/** Switches a skill on or off, by its name or by where it lies. */
export type SkillRule =
  & { readonly isEnabled: boolean }
  & (
    | { readonly kind: "name"; readonly name: string }
    /** A SKILL.md or its directory, absolute. */
    | { readonly kind: "path"; readonly path: string }
  );

export interface SkillsConfig {
  /** The skills that come with the program. */
  readonly isBundledEnabled: boolean;
  /** Tell the model which skills there are. */
  readonly includeInstructions: boolean;
  /** The last one that fits decides. */
  readonly rules: readonly SkillRule[];
}

/** Both false unless the feature `memories` is on. */
export interface MemoriesConfig {
  /** Tell the model what earlier sessions left. */
  readonly isRead: boolean;
  /** Leave notes when a session ends. */
  readonly isWritten: boolean;
  /** A session that used the web or MCP servers leaves none. */
  readonly skipsExternalContext: boolean;
  /** The model that writes notes; undefined: the thread's own. */
  readonly extractModel: string | undefined;
}

export type TrustLevel = "trusted" | "untrusted";

/** One source of configuration, low to high, as `config/read` shows it. */
export interface ConfigLayer {
  readonly kind: "system" | "user" | "project" | "session" | "managed";
  /** The file it came from; undefined for session flags. */
  readonly path?: string;
  readonly table: RawTable;
  /** Set when the layer was found but must not count. */
  readonly disabledReason?: string;
}

/** The resolved configuration of one run. All paths are absolute. */
export interface Config {
  readonly codexHome: string;
  readonly cwd: string;
  /** The directory holding a root marker (`.git`); the cwd when there is none. */
  readonly projectRoot: string;
  /** The project's `.codex` directories the user trusts, low to high, present or not. */
  readonly trustedFolders: readonly string[];
  /** What `[projects]` says about this directory; undefined when it says nothing. */
  readonly trustLevel?: TrustLevel;
  readonly profile?: string;
  /** Every layer that was read, low to high. */
  readonly layers: readonly ConfigLayer[];
  /** Told to the user once, at start. */
  readonly warnings: readonly string[];

  /** Undefined when nobody chose one: the catalogue's default applies. */
  readonly model?: string;
  readonly reviewModel?: string;
  readonly provider: ProviderConfig;
  readonly chatgptBaseUrl: string;
  readonly contextWindow?: number;
  readonly autoCompactTokenLimit?: number;
  readonly reasoningEffort?: ReasoningEffort;
  readonly planModeReasoningEffort?: ReasoningEffort;
  readonly reasoningSummary?: ReasoningSummary;
  readonly supportsReasoningSummaries?: boolean;
  readonly verbosity?: Verbosity;
  readonly personality?: Personality;
  readonly serviceTier?: "fast" | "flex";
  readonly modelCatalogFile?: string;

  /** Content of `model_instructions_file`: replaces the base instructions. */
  readonly modelInstructions?: string;
  readonly developerInstructions?: string;
  /** `compact_prompt` or the content of its file. */
  readonly compactPrompt?: string;
  readonly includePermissionsInstructions: boolean;
  readonly includeEnvironmentContext: boolean;
  readonly includeAppsInstructions: boolean;
  readonly commitAttribution?: string;

  /** From the flag, `approval_policy` or the trust level; `exec` replaces it by `never`. */
  readonly approvalPolicy: ApprovalPolicy;
  readonly approvalsReviewer: "user" | "auto_review" | "guardian_subagent";
  /** From the flag, `sandbox_mode` or the trust level, in this order. */
  readonly sandboxMode: SandboxMode;
  readonly workspaceWrite: WorkspaceWriteConfig;
  readonly allowLoginShell: boolean;
  readonly shellEnvironmentPolicy: ShellEnvironmentPolicy;
  readonly backgroundTerminalMaxTimeoutMs: number;
  readonly toolOutputTokenLimit?: number;

  readonly projectDocMaxBytes: number;
  readonly projectDocFallbackFilenames: readonly string[];
  readonly projectRootMarkers: readonly string[];

  /** Undefined when nobody chose: the session's default applies. */
  readonly webSearch?: WebSearchMode;
  readonly webSearchOptions: WebSearchConfig;
  readonly features: FeatureStates;
  readonly agents: AgentsConfig;
  readonly skills: SkillsConfig;
  readonly memories: MemoriesConfig;
  /** Unchecked tables, for the parts that decode them. */
  readonly hooks: RawTable;
  readonly tui: RawTable;
  /** By name, in the order of names. */
  readonly mcpServers: Readonly<Record<string, McpServerConfig>>;
  readonly mcpOAuth: McpOAuthConfig;

  readonly notify: readonly string[];
  readonly hideAgentReasoning: boolean;
  /** Keys that come fast are typed by a program: not when this is set. */
  readonly disablePasteBurst: boolean;
  readonly showRawAgentReasoning: boolean;
  readonly fileOpener:
    | "vscode"
    | "vscode-insiders"
    | "windsurf"
    | "cursor"
    | "none";
  readonly history: HistoryConfig;
  readonly logDirectory: string;
  readonly sqliteHome: string;
  readonly cliAuthCredentialsStore: "file" | "keyring" | "auto" | "ephemeral";
  readonly forcedLoginMethod?: "chatgpt" | "api";
  readonly forcedChatgptWorkspaceId?: string;
  readonly suppressUnstableFeaturesWarning: boolean;
  readonly checkForUpdateOnStartup: boolean;

  /** How long `exec` waits for extra input on an open pipe; ours. Undefined: for ever. */
  readonly execStdinWaitMs?: number;
}
