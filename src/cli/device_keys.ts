/**
 * Device keys for a server: nothing of them is loaded before a client asks, and their
 * database has a thread of its own.
 */
import { abortable } from "@/async/scope.ts";
import { wrappingKeyStoreOf } from "@/config/device_keys.ts";
import type { Config } from "@/config/config.ts";
import type { Platform } from "@/platform/platform.ts";
import { startThread, type ThreadOfOurs } from "@/platform/thread.ts";
import type {
  DeviceKeyBinding,
  DeviceKeyBindingStore,
  DeviceKeyService,
} from "@/protocol/device_keys.ts";
import type { BindingQuestion } from "./binding_thread.ts";

/** From sources the thread is a source; in a bundle it lies beside what starts it. */
const THREAD = new URL(
  import.meta.url.endsWith(".ts")
    ? "./binding_thread.ts"
    : "./binding_thread.js",
  import.meta.url,
);

export function serverDeviceKeys(
  platform: Platform,
  config: Config,
): DeviceKeyService {
  const bindings = new ThreadBindings(config.sqliteHome);
  const load = async () => {
    const { createDeviceKeys } = await import("@/auth/device_keys/create.ts");
    return createDeviceKeys({
      platform,
      codexHome: config.codexHome,
      wrappingKeyStore: wrappingKeyStoreOf(config.layers),
      bindings,
    });
  };
  let loaded: ReturnType<typeof load> | undefined;
  const keys = () => loaded ??= load();
  return {
    create: async (params, signal) => (await keys()).create(params, signal),
    public: async (params, signal) => (await keys()).public(params, signal),
    sign: async (params, signal) => (await keys()).sign(params, signal),
    async close() {
      bindings.close();
    },
  };
}

/** Bindings, asked of the thread that has the database. */
class ThreadBindings implements DeviceKeyBindingStore {
  readonly #sqliteHome: string;
  #thread: ThreadOfOurs | undefined;

  constructor(sqliteHome: string) {
    this.#sqliteHome = sqliteHome;
  }

  async find(
    keyId: string,
    signal: AbortSignal,
  ): Promise<DeviceKeyBinding | undefined> {
    const question = { kind: "find", keyId, sqliteHome: this.#sqliteHome };
    const found = await this.#ask(question as BindingQuestion, signal);
    // The thread answers this question with nothing else.
    return found as DeviceKeyBinding | undefined;
  }

  async add(binding: DeviceKeyBinding, signal: AbortSignal): Promise<void> {
    const sqliteHome = this.#sqliteHome;
    await this.#ask({ kind: "add", binding, sqliteHome }, signal);
  }

  close(): void {
    this.#thread?.end();
  }

  #ask(question: BindingQuestion, signal: AbortSignal): Promise<unknown> {
    this.#thread ??= startThread(THREAD);
    return abortable(this.#thread.ask(question), signal);
  }
}
