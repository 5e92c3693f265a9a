/**
 * Keys of a TPM 2.0, through tpm2-tools: made in it, wrapped by it for its own use, and
 * of use in no other. What lies in a file is what the TPM needs to load a key again.
 */
import * as v from "valibot";
import { Gate } from "@/async/gate.ts";
import type { Clock, FileSystem } from "@/platform/platform.ts";
import type { KeyFiles } from "./key_files.ts";
import {
  findKeyProgram,
  type KeyProgramPorts,
  runKeyProgram,
} from "./key_program.ts";
import { type DeviceKeyProvider, keyFailure } from "./provider.ts";

/** The kernel's own resource manager: several programs can use the TPM at once. */
const DEVICE = "/dev/tpmrm0";
/** Names another TPM, or another way to it; see tpm2-tools' common/tcti.md. */
const TCTI_VARIABLE = "TPM2TOOLS_TCTI";
/** One of the tools; where it is, the others are. */
const TOOL = "tpm2_createprimary";

/** How long it is believed that a TPM is there or is not. */
const DEVICE_MS = 10_000;
/** A TPM does one thing at a time. */
const AT_ONCE = 1;
const PRIVATE_MODE = 0o600;

/** Made in the TPM, bound to it and to its parent, good for signing and nothing else. */
const ATTRIBUTES =
  "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda|sign";

const KeyFile = v.object({
  version: v.literal(1),
  publicKey: v.string(),
  /** TPM2B_PUBLIC and TPM2B_PRIVATE; the second is encrypted by the TPM. */
  tpmPublic: v.string(),
  tpmPrivate: v.string(),
});
type KeyFile = v.InferOutput<typeof KeyFile>;

export interface TpmPorts extends KeyProgramPorts {
  readonly clock: Pick<Clock, "monotonic" | "timeout">;
  readonly files:
    & Pick<FileSystem, "stat" | "readFile" | "replaceFile" | "remove">
    & Pick<FileSystem, "makeTempDirectory" | "readDirectory">;
  readonly keyFiles: KeyFiles;
}

export class TpmProvider implements DeviceKeyProvider {
  readonly protectionClass = "hardware_tpm";
  readonly #ports: TpmPorts;
  readonly #gate = new Gate(AT_ONCE);
  #device:
    | { readonly isThere: Promise<boolean>; readonly until: number }
    | undefined;

  constructor(ports: TpmPorts) {
    this.#ports = ports;
  }

  async problem(): Promise<string | undefined> {
    const isThere = this.#ports.env.get(TCTI_VARIABLE) !== undefined ||
      await this.#hasDevice();
    if (!isThere) {
      return `there is no TPM this user may use (${DEVICE} or ${TCTI_VARIABLE})`;
    }
    return await findKeyProgram(this.#ports, TOOL) === undefined
      ? "there is a TPM, but tpm2-tools are not installed"
      : undefined;
  }

  /** Asked once for a burst of requests: every start of a program costs milliseconds. */
  #hasDevice(): Promise<boolean> {
    const now = this.#ports.clock.monotonic();
    if (this.#device === undefined || now >= this.#device.until) {
      const isThere = testDevice(this.#ports);
      this.#device = { isThere, until: now + DEVICE_MS };
    }
    return this.#device.isThere;
  }

  create(
    keyId: string,
    signal: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    return this.#inTpm("make a device key in the TPM", signal, async (tpm) => {
      await tpm.loadParent();
      await tpm.run("tpm2_create", [
        ...["-C", "parent.ctx", "-G", "ecc256:ecdsa-sha256"],
        ...["-a", ATTRIBUTES, "-u", "key.pub", "-r", "key.priv"],
      ]);
      await tpm.loadKey();
      await tpm.run("tpm2_readpublic", [
        ...["-c", "key.ctx", "-f", "der", "-o", "public.der"],
      ]);
      const publicKey = await tpm.read("public.der");
      await this.#ports.keyFiles.write(
        keyId,
        {
          version: 1,
          publicKey: publicKey.toBase64(),
          tpmPublic: (await tpm.read("key.pub")).toBase64(),
          tpmPrivate: (await tpm.read("key.priv")).toBase64(),
        } satisfies KeyFile,
      );
      return publicKey;
    });
  }

  async publicKey(
    keyId: string,
  ): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const file = await this.#ports.keyFiles.read(keyId, KeyFile);
    return file && bytesOf(file.publicKey, keyId);
  }

  sign(
    keyId: string,
    message: Uint8Array<ArrayBuffer>,
    signal: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    return this.#inTpm(`use device key ${keyId}`, signal, async (tpm) => {
      const file = await this.#ports.keyFiles.read(keyId, KeyFile);
      if (file === undefined) {
        throw keyFailure(`use device key ${keyId}`, "its file is gone");
      }
      await tpm.write("key.pub", bytesOf(file.tpmPublic, keyId));
      await tpm.write("key.priv", bytesOf(file.tpmPrivate, keyId));
      await tpm.write("message", message);
      await tpm.loadParent();
      await tpm.loadKey();
      await tpm.run("tpm2_sign", [
        ...["-c", "key.ctx", "-g", "sha256", "-s", "ecdsa"],
        ...["-f", "plain", "-o", "signature.der", "message"],
      ]);
      return await tpm.read("signature.der");
    });
  }

  async remove(keyId: string): Promise<void> {
    await this.#ports.keyFiles.remove(keyId);
  }

  /** Works in a private directory that is gone afterwards. */
  #inTpm<T>(
    what: string,
    signal: AbortSignal,
    act: (tpm: TpmSession) => Promise<T>,
  ): Promise<T> {
    return this.#gate.run(async () => {
      const { files } = this.#ports;
      const directory = await files.makeTempDirectory("codex-tpm-");
      try {
        return await act(new TpmSession(this.#ports, directory, what, signal));
      } finally {
        for (const { name } of await files.readDirectory(directory)) {
          await files.remove(`${directory}/${name}`);
        }
        await files.remove(directory);
      }
    }, signal);
  }
}

/** The runtime lets nobody look into /dev; a program of the system may. */
async function testDevice(ports: TpmPorts): Promise<boolean> {
  const argv = ["test", "-r", DEVICE, "-a", "-w", DEVICE];
  // It belongs to nobody's request: whoever asks next gets its answer, too.
  const { code } = await runKeyProgram(ports, { argv }, AbortSignal.any([]));
  return code === 0;
}

/** One use of the TPM: files by their names in a directory of its own. */
class TpmSession {
  readonly #ports: TpmPorts;
  readonly #directory: string;
  readonly #what: string;
  readonly #signal: AbortSignal;

  constructor(
    ports: TpmPorts,
    directory: string,
    what: string,
    signal: AbortSignal,
  ) {
    this.#ports = ports;
    this.#directory = directory;
    this.#what = what;
    this.#signal = signal;
  }

  /** The same parent every time: the TPM derives it from a seed of its own. */
  async loadParent(): Promise<void> {
    await this.run(TOOL, [
      ...["-C", "o", "-G", "ecc256", "-c", "parent.ctx"],
    ]);
    await this.#flush();
  }

  async loadKey(): Promise<void> {
    // Without a resource manager the parent takes the place the key needs.
    await this.#flush();
    await this.run("tpm2_load", [
      ...["-C", "parent.ctx", "-u", "key.pub", "-r", "key.priv"],
      ...["-c", "key.ctx"],
    ]);
    await this.#flush();
  }

  async run(program: string, args: readonly string[]): Promise<void> {
    const { code, complaint } = await this.#program([program, "-Q", ...args]);
    if (code !== 0) {
      throw keyFailure(
        this.#what,
        `${program}: ${complaint || `exit code ${code}`}`,
      );
    }
  }

  write(name: string, content: Uint8Array): Promise<void> {
    const path = `${this.#directory}/${name}`;
    return this.#ports.files.replaceFile(path, content, PRIVATE_MODE);
  }

  async read(name: string): Promise<Uint8Array<ArrayBuffer>> {
    const path = `${this.#directory}/${name}`;
    return new Uint8Array(await this.#ports.files.readFile(path));
  }

  /** What is loaded is saved beside us; a resource manager does this by itself. */
  async #flush(): Promise<void> {
    await this.#program(["tpm2_flushcontext", "-Q", "-t"]);
  }

  #program(argv: readonly string[]) {
    return runKeyProgram(
      this.#ports,
      { argv, cwd: this.#directory },
      this.#signal,
    );
  }
}

function bytesOf(text: string, keyId: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.fromBase64(text);
  } catch {
    throw keyFailure(`use device key ${keyId}`, "what is stored is not base64");
  }
}
