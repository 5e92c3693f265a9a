/**
 * Software keys whose wrapping key lies in a keyring: with a stand-in for `secret-tool`
 * that is a real program, and with the real one and a real keyring where there are any.
 */
import assert from "node:assert/strict";
import { KeyFiles } from "@/auth/device_keys/key_files.ts";
import {
  type KeyProgramPorts,
  SYSTEM_DIRECTORIES,
} from "@/auth/device_keys/key_program.ts";
import { OsProtectedProvider } from "@/auth/device_keys/os_protected_provider.ts";
import { keyringOf } from "@/auth/device_keys/wrapping_keys.ts";
import { createPlatform } from "@/platform/deno.ts";
import { hasProgram } from "@test/support/device_keys.ts";

const never = new AbortController().signal;
const KEY = "dk_osn_15YUUv72Qo5jJkUs3u9nfZsASPDllMJ-xmW5Vi31_tU";
const MESSAGE = new TextEncoder().encode("a message");

interface Place extends AsyncDisposable {
  readonly root: string;
  /** Writes a program in place of `secret-tool`. */
  tool(script: string): Promise<void>;
  provider(now?: () => number): OsProtectedProvider;
}

async function makePlace(
  directories?: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Place> {
  const root = await Deno.makeTempDir();
  const platform = createPlatform();
  const ports: KeyProgramPorts = {
    ...platform,
    env: { get: (name) => env[name], all: () => env },
    directories: directories ?? [root],
  };
  return {
    root,
    async tool(script) {
      await Deno.writeTextFile(`${root}/secret-tool`, `#!/bin/sh\n${script}\n`);
      await Deno.chmod(`${root}/secret-tool`, 0o755);
    },
    provider: (now = platform.clock.monotonic) =>
      new OsProtectedProvider({
        ...platform,
        clock: { monotonic: now },
        files: new KeyFiles(platform.files, root),
        place: keyringOf("linux", ports),
      }),
    async [Symbol.asyncDispose]() {
      await Deno.remove(root, { recursive: true });
    },
  };
}

/** Keeps secrets in files, counts how often it is asked, and shows what it was told. */
const KEEPING = (root: string) =>
  `echo "$@" >> ${root}/asked
case $1 in
  store) cat > ${root}/secret-$6 ;;
  lookup) cat ${root}/secret-$5 2>/dev/null ;;
  clear) rm -f ${root}/secret-$5 ;;
esac`;

async function verifies(
  spki: Uint8Array<ArrayBuffer>,
  provider: OsProtectedProvider,
): Promise<boolean> {
  const { rawSignature } = await import("@/auth/device_keys/encoding.ts");
  const raw = rawSignature(await provider.sign(KEY, MESSAGE, never));
  const curve = { name: "ECDSA", namedCurve: "P-256" };
  const key = await crypto.subtle.importKey("spki", spki, curve, false, [
    "verify",
  ]);
  const how = { name: "ECDSA", hash: "SHA-256" };
  return await crypto.subtle.verify(
    how,
    key,
    raw ?? new Uint8Array(0),
    MESSAGE,
  );
}

Deno.test("a wrapping key lies in the keyring, and not in the file of the key", async () => {
  await using place = await makePlace();
  await place.tool(KEEPING(place.root));
  const publicKey = await place.provider().create(KEY, never);
  assert.ok(await verifies(publicKey, place.provider()));
  const secret = await Deno.readTextFile(`${place.root}/secret-${KEY}`);
  assert.match(secret, /^[A-Za-z0-9+/]{43}=$/);
  const files = [...Deno.readDirSync(`${place.root}/device_keys`)]
    .map(({ name }) => name);
  assert.deepEqual(files, [`${KEY}.json`]);
  const file = await Deno.readTextFile(`${place.root}/device_keys/${files[0]}`);
  assert.ok(!file.includes(secret));
  // The arguments of a process are everybody's to read.
  const asked = await Deno.readTextFile(`${place.root}/asked`);
  assert.ok(!asked.includes(secret));
  assert.ok(asked.includes(`lookup service codex-device-keys key-id ${KEY}`));
});

Deno.test("a burst asks the keyring once, and a minute later it is asked again", async () => {
  await using place = await makePlace();
  await place.tool(KEEPING(place.root));
  await place.provider().create(KEY, never);
  await Deno.remove(`${place.root}/asked`);
  let now = 0;
  const provider = place.provider(() => now);
  await Promise.all(
    Array.from({ length: 20 }, () => provider.sign(KEY, MESSAGE, never)),
  );
  const lookups = async () =>
    (await Deno.readTextFile(`${place.root}/asked`)).trim().split("\n").length;
  assert.equal(await lookups(), 1);
  now = 60_000;
  await provider.sign(KEY, MESSAGE, never);
  assert.equal(await lookups(), 2);
  // What is gone from the keyring is not used for long.
  now = 120_000;
  await Deno.remove(`${place.root}/secret-${KEY}`);
  await assert.rejects(provider.sign(KEY, MESSAGE, never), {
    message: /the key that wraps it is gone; make a new key/,
  });
});

Deno.test("a keyring that does not work is told of, with what to do", async () => {
  await using place = await makePlace();
  assert.match(
    await place.provider().problem() ?? "",
    /^secret-tool is not installed; install it .* or choose device_keys.wrapping_key_store = "file"/,
  );
  await place.tool("echo 'Cannot autolaunch D-Bus' >&2; exit 1");
  assert.equal(await place.provider().problem(), undefined);
  await assert.rejects(place.provider().create(KEY, never), {
    message:
      /^Cannot use the keyring: Cannot autolaunch D-Bus; start and unlock a keyring, or choose/,
  });
  await place.tool("exit 0");
  await assert.rejects(place.provider().create(KEY, never), {
    message: "Cannot make a device key: the keyring did not keep its key",
  });
});

Deno.test("a keyring that is asking its user is given up with the request", async () => {
  await using place = await makePlace();
  await place.tool(`echo $$ > ${place.root}/running; exec sleep 60`);
  const request = new AbortController();
  const creating = place.provider().create(KEY, request.signal);
  while (
    !await Deno.readTextFile(`${place.root}/running`).catch(() => "")
  ) await new Promise<void>((resolve) => queueMicrotask(resolve));
  request.abort(new Error("the client went away"));
  await assert.rejects(creating, /the client went away/);
});

Deno.test("programs that keep keys are the system's, not those on PATH", () => {
  for (const directory of SYSTEM_DIRECTORIES) {
    assert.ok(directory.startsWith("/") && !directory.includes("home"));
  }
});

const tools = ["secret-tool", "gnome-keyring-daemon", "dbus-run-session"];
const missing = (await Promise.all(
  tools.map(async (name) => await hasProgram(name) ? [] : [name]),
)).flat();

Deno.test({
  name: "a key of the real keyring" +
    (missing.length === 0 ? "" : ` (skipped: needs ${missing.join(", ")})`),
  ignore: missing.length > 0,
  async fn() {
    const home = await Deno.makeTempDir();
    // A session of its own: this user's keyring is not touched.
    const session = new Deno.Command("dbus-run-session", {
      args: [
        "--",
        "sh",
        "-c",
        "printf secret | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; echo $DBUS_SESSION_BUS_ADDRESS; read end",
      ],
      clearEnv: true,
      env: { HOME: home, PATH: "/usr/bin:/bin", XDG_RUNTIME_DIR: home },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    try {
      const reader = session.stdout.getReader();
      const { value } = await reader.read();
      const address = new TextDecoder().decode(value).trim();
      await using place = await makePlace(SYSTEM_DIRECTORIES, {
        HOME: home,
        XDG_RUNTIME_DIR: home,
        DBUS_SESSION_BUS_ADDRESS: address,
      });
      const publicKey = await place.provider().create(KEY, never);
      assert.ok(await verifies(publicKey, place.provider()));
      await place.provider().remove(KEY, never);
      await assert.rejects(place.provider().sign(KEY, MESSAGE, never), {
        message: /the key that wraps it is gone/,
      });
      await reader.cancel();
    } finally {
      await session.stdin.close();
      await session.status;
      await Deno.remove(home, { recursive: true });
    }
  },
});
