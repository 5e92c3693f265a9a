/**
 * The keys that wrap others at rest: 32 random bytes for each device key, kept where
 * the system keeps secrets. Each has its own, so that making one never replaces another.
 */
import type { HostInfo } from "@/platform/platform.ts";
import * as v from "valibot";
import { Secret } from "../secret.ts";
import type { KeyFiles } from "./key_files.ts";
import {
  findKeyProgram,
  type KeyProgramPorts,
  type ProgramResult,
  runKeyProgram,
} from "./key_program.ts";
import { keyFailure } from "./provider.ts";

/** A place for secrets; `name` is the id of the key the secret wraps. */
export interface SecretPlace {
  /** Why secrets cannot be kept there; undefined when one may try. */
  problem(): Promise<string | undefined>;
  /** @throws CodexError */
  store(name: string, secret: Secret, signal: AbortSignal): Promise<void>;
  /** Undefined when it has none. @throws CodexError */
  find(name: string, signal: AbortSignal): Promise<Secret | undefined>;
  remove(name: string, signal: AbortSignal): Promise<void>;
}

/** Under which all of ours lie in a keyring. */
const SERVICE = "codex-device-keys";

const INSTEAD =
  'or choose device_keys.wrapping_key_store = "file" in config.toml to keep the ' +
  "wrapping key in a file beside the key";

/** Where a system keeps secrets of its user's. */
export function keyringOf(
  os: HostInfo["os"],
  ports: KeyProgramPorts,
): SecretPlace {
  switch (os) {
    case "linux":
      return secretService(ports);
    case "darwin":
      return keychain(ports);
    case "windows":
      return noKeyring(
        "this program does not use the keyring of Windows yet",
      );
  }
}

/** The Secret Service of a Linux desktop, through `secret-tool` (libsecret). */
function secretService(ports: KeyProgramPorts): SecretPlace {
  const place = (name: string) => ["service", SERVICE, "key-id", name];
  const run = (args: readonly string[], signal: AbortSignal, stdin?: string) =>
    runKeyProgram(ports, {
      argv: ["secret-tool", ...args],
      ...(stdin === undefined ? {} : { stdin }),
    }, signal);
  return {
    problem: () =>
      missingProgram(
        ports,
        "secret-tool",
        `install it (libsecret-tools) with a keyring such as gnome-keyring, ${INSTEAD}`,
      ),
    async store(name, secret, signal) {
      const label = `--label=Codex device key ${name}`;
      const result = await run(
        ["store", label, ...place(name)],
        signal,
        secret.reveal(),
      );
      if (result.code !== 0) throw keyringFailure(result);
    },
    async find(name, signal) {
      const result = await run(["lookup", ...place(name)], signal);
      // What is not there is answered with a 1, too, but without a complaint.
      if (result.code !== 0 && result.complaint === "") return undefined;
      if (result.code !== 0) throw keyringFailure(result);
      return result.stdout === "" ? undefined : new Secret(result.stdout);
    },
    async remove(name, signal) {
      await run(["clear", ...place(name)], signal);
    },
  };
}

/** `security`, when it finds no such item: errSecItemNotFound as an exit code. */
const NOT_FOUND_CODE = 44;

/** The keychain of a Mac, through `security`. */
function keychain(ports: KeyProgramPorts): SecretPlace {
  const place = (name: string) => ["-s", SERVICE, "-a", name];
  return {
    problem: () =>
      missingProgram(ports, "security", `repair the system, ${INSTEAD}`),
    async store(name, secret, signal) {
      // As a command it reads: everybody can see the arguments of a process.
      const line = `add-generic-password ${
        place(name).join(" ")
      } -w ${secret.reveal()}\n`;
      const result = await runKeyProgram(ports, {
        argv: ["security", "-i"],
        stdin: line,
      }, signal);
      if (result.code !== 0 || result.complaint !== "") {
        throw keyringFailure(result);
      }
    },
    async find(name, signal) {
      const result = await runKeyProgram(ports, {
        argv: ["security", "find-generic-password", ...place(name), "-w"],
      }, signal);
      if (result.code === NOT_FOUND_CODE) return undefined;
      if (result.code !== 0) throw keyringFailure(result);
      return new Secret(result.stdout.trim());
    },
    async remove(name, signal) {
      await runKeyProgram(ports, {
        argv: ["security", "delete-generic-password", ...place(name)],
      }, signal);
    },
  };
}

function noKeyring(why: string): SecretPlace {
  const refuse = async () => {
    throw keyFailure("use a keyring", why);
  };
  return {
    problem: async () => why,
    store: refuse,
    find: refuse,
    remove: refuse,
  };
}

const SecretFile = v.object({ wrappingKey: v.string() });

/** A file beside the key: whoever reads both has the key. */
export function secretFiles(
  files: KeyFiles,
  os: HostInfo["os"],
): SecretPlace {
  const nameOf = (name: string) => `${name}.wrapping`;
  return {
    problem: async () =>
      os === "windows"
        ? "files on Windows have no mode that keeps others out"
        : undefined,
    store: (name, secret) =>
      files.write(nameOf(name), { wrappingKey: secret.reveal() }),
    async find(name) {
      const content = await files.read(nameOf(name), SecretFile);
      return content && new Secret(content.wrappingKey);
    },
    remove: (name) => files.remove(nameOf(name)),
  };
}

async function missingProgram(
  ports: KeyProgramPorts,
  name: string,
  advice: string,
): Promise<string | undefined> {
  return await findKeyProgram(ports, name) === undefined
    ? `${name} is not installed; ${advice}`
    : undefined;
}

/** The output may hold the secret; what it complained of does not. */
function keyringFailure({ code, complaint }: ProgramResult): Error {
  const why = complaint === "" ? `exit code ${code}` : complaint;
  return keyFailure(
    "use the keyring",
    `${why}; start and unlock a keyring, ${INSTEAD}`,
  );
}
