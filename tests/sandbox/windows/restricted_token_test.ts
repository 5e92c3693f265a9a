import assert from "node:assert/strict";
import fc from "fast-check";
import {
  capabilitySid,
  windowsCommandLine,
  windowsHelperArgv,
} from "@/sandbox/windows/restricted_token.ts";

const ROOT = new URL("../../../", import.meta.url).pathname;

Deno.test("windowsHelperArgv() opens roots, closes protected paths, quotes the command once", () => {
  const plan = windowsHelperArgv(
    "C:\\codex\\helper.exe",
    "S-1-5-21-1-2-3-4",
    {
      writableRoots: [{
        path: "C:\\ws",
        protected: ["C:\\ws\\.git", "C:\\ws\\.codex"],
      }],
      hidden: [],
      network: "full",
    },
    ["cmd.exe", "/c", "echo a b"],
  );
  assert.deepEqual(plan, {
    kind: "ok",
    argv: [
      "C:\\codex\\helper.exe",
      "--capability",
      "S-1-5-21-1-2-3-4",
      "--root",
      "C:\\ws",
      "--closed",
      "C:\\ws\\.git",
      "--closed",
      "C:\\ws\\.codex",
      "--",
      'cmd.exe /c "echo a b"',
    ],
  });
});

Deno.test("windowsHelperArgv() refuses what a token cannot enforce", () => {
  const confinement = {
    writableRoots: [],
    hidden: [],
    network: "full" as const,
  };
  const reasons = [
    { ...confinement, network: "none" as const },
    { ...confinement, hidden: ["C:\\auth.json"] },
  ].map((policy) => {
    const plan = windowsHelperArgv("h", "S-1-5-21-1-2-3-4", policy, ["x"]);
    return plan.kind === "refused" && plan.reason;
  });
  assert.deepEqual(reasons, [
    "a restricted token cannot close the network",
    "a restricted token cannot hide files",
  ]);
});

Deno.test("capabilitySid() spells sixteen bytes as a domain SID", () => {
  const bytes = Uint8Array.from({ length: 16 }, (_, index) => index);
  assert.equal(
    capabilitySid(bytes),
    "S-1-5-21-66051-67438087-134810123-202182159",
  );
});

/** `CommandLineToArgvW` for arguments behind the first, from its documentation. */
function splitCommandLine(line: string): readonly string[] {
  const result: string[] = [];
  let index = 0;
  while (index < line.length) {
    while (line[index] === " ") index++;
    if (index >= line.length) break;
    let argument = "";
    let isQuoted = false;
    while (index < line.length && (isQuoted || line[index] !== " ")) {
      let slashes = 0;
      while (line[index] === "\\") {
        slashes++;
        index++;
      }
      if (line[index] !== '"') {
        argument += "\\".repeat(slashes);
        if (slashes === 0) argument += line[index++];
        continue;
      }
      argument += "\\".repeat(slashes >> 1);
      if (slashes % 2 === 1) argument += '"';
      else isQuoted = !isQuoted;
      index++;
    }
    result.push(argument);
  }
  return result;
}

Deno.test("windowsCommandLine() splits into the same arguments again", () => {
  const piece = fc.constantFrom("a", "b", " ", '"', "\\", "\\\\", "\t");
  const argument = fc.array(piece, { maxLength: 8 }).map((parts) =>
    parts.join("")
  )
    .filter((text) => !text.includes("\t"));
  fc.assert(
    fc.property(fc.array(argument, { minLength: 1, maxLength: 5 }), (argv) => {
      assert.deepEqual(splitCommandLine(windowsCommandLine(argv)), argv);
    }),
  );
});

const compiler = "/usr/bin/x86_64-w64-mingw32-gcc";
const canBuild = await Deno.stat(compiler).then(() => true, () => false);

Deno.test({
  name: `the Windows helper builds without a warning${
    canBuild ? "" : " (needs mingw-w64)"
  }`,
  ignore: !canBuild,
  async fn() {
    const directory = await Deno.makeTempDir();
    const { success, stderr } = await new Deno.Command(compiler, {
      args: [
        "-municode",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-O2",
        "-static",
        "-o",
        `${directory}/helper.exe`,
        `${ROOT}src/sandbox/windows/helper.c`,
        "-ladvapi32",
      ],
    }).output();
    await Deno.remove(directory, { recursive: true });
    assert.equal(new TextDecoder().decode(stderr), "");
    assert.equal(success, true);
  },
});
