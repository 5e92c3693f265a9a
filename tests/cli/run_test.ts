import assert from "node:assert/strict";
import { runProgram } from "@/cli/run.ts";
import { createPlatform } from "@/platform/deno.ts";
import { BrokenPipe, type Platform } from "@/platform/platform.ts";

interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

interface Machine {
  readonly variables?: Readonly<Record<string, string>>;
  readonly stdinIsTty?: boolean;
  readonly isOutClosed?: boolean;
  readonly invokedAs?: string;
}

/** Runs the program in this process on a machine with these properties. */
async function run(line: string, machine: Machine = {}): Promise<Result> {
  const real = createPlatform();
  const variables = machine.variables ?? {};
  const written = { out: "", err: "" };
  const platform: Platform = {
    ...real,
    env: { get: (name) => variables[name], all: () => variables },
    host: {
      ...real.host,
      cwd: "/",
      invokedName: () => machine.invokedAs ?? "codex",
    },
    terminal: {
      ...real.terminal,
      stdinIsTty: machine.stdinIsTty ?? false,
      writeOut: (text) => {
        if (machine.isOutClosed) throw new BrokenPipe("Broken pipe");
        written.out += text;
      },
      writeErr: (text) => {
        written.err += text;
      },
      async *readStdin() {},
    },
  };
  const args = line === "" ? [] : line.split(" ");
  return { code: await runProgram(args, platform), ...written };
}

async function withHome(
  config: string,
  test: (home: string) => Promise<void>,
): Promise<void> {
  const home = await Deno.realPath(
    await Deno.makeTempDir({ prefix: "codex-cli-" }),
  );
  try {
    await Deno.writeTextFile(`${home}/config.toml`, config);
    await test(home);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

Deno.test("codex needs a terminal", async () => {
  for (const line of ["", "resume", "fork --last", "hello"]) {
    assert.deepEqual(await run(line), {
      code: 1,
      out: "",
      err: "Error: stdin is not a terminal\n",
    });
  }
});

Deno.test("commands nothing runs yet say so in one line", async () => {
  for (const line of ["cloud", "debug models"]) {
    assert.deepEqual(await run(line), {
      code: 1,
      out: "",
      err: `Error: codex ${line} is not available in this version yet\n`,
    });
  }
});

Deno.test("codex needs a terminal to draw on, too", async () => {
  const { code, err } = await run("", { stdinIsTty: true });
  assert.deepEqual([code, err], [1, "Error: stdout is not a terminal\n"]);
});

Deno.test("codex refuses --remote for commands that would not use it", async () => {
  assert.deepEqual(await run("--remote ws://x:1 features list"), {
    code: 1,
    out: "",
    err:
      "Error: `--remote ws://x:1` is only supported for interactive TUI commands, " +
      "exec and review, not `codex features list`\n",
  });
});

Deno.test("a closed standard output ends the program quietly", async () => {
  assert.deepEqual(await run("--help", { isOutClosed: true }), {
    code: 141,
    out: "",
    err: "",
  });
});

Deno.test("codex prints configuration errors with what it attempted", async () => {
  await withHome("model = 5\n", async (home) => {
    assert.deepEqual(
      await run("features list", { variables: { CODEX_HOME: home } }),
      {
        code: 1,
        out: "",
        err:
          "Error loading config.toml: invalid type: integer `5`, expected a string\n" +
          `in \`model\`\nat ${home}/config.toml:1:9\n`,
      },
    );
  });
});

Deno.test("codex features edits the file and lists the result", async () => {
  await withHome("# mine\n[features]\napps = true # on\n", async (home) => {
    const variables = { CODEX_HOME: home };
    const path = `${home}/config.toml`;
    assert.deepEqual(await run("features enable memories", { variables }), {
      code: 0,
      out: "Enabled feature `memories` in config.toml.\n",
      err: "",
    });
    await run("features disable apps", { variables });
    assert.equal(
      await Deno.readTextFile(path),
      "# mine\n[features]\napps = false # on\nmemories = true\n",
    );
    const { out } = await run("features list --enable undo", { variables });
    assert.deepEqual(
      out.split("\n").filter((line) => /^(apps|memories|undo) /.test(line)),
      [
        "apps                                stable             false",
        "memories                            experimental       true",
        "undo                                stable             true",
      ],
    );
    await run("features disable memories", { variables });
    assert.equal(
      await Deno.readTextFile(path),
      "# mine\n[features]\napps = false # on\n",
    );
    await run("-p work features disable undo", { variables });
    assert.equal(
      await Deno.readTextFile(path),
      "# mine\n[features]\napps = false # on\n\n[profiles.work.features]\nundo = false\n",
    );
  });
});

Deno.test("codex features warns of unfinished features unless told not to", async () => {
  await withHome("", async (home) => {
    const variables = { CODEX_HOME: home };
    const line = "features enable multi_agent_v2";
    const first = await run(line, { variables });
    assert.match(
      first.err,
      /^Under-development features enabled: multi_agent_v2\./,
    );
    await Deno.writeTextFile(
      `${home}/config.toml`,
      "suppress_unstable_features_warning = true\n",
    );
    assert.equal((await run(line, { variables })).err, "");
  });
});

Deno.test("codex features knows which features there are", async () => {
  await withHome("", async (home) => {
    assert.deepEqual(
      await run("features enable bogus", { variables: { CODEX_HOME: home } }),
      { code: 1, out: "", err: "Error: Unknown feature flag: bogus\n" },
    );
  });
});

Deno.test("codex is the patch tool when started by that name", async () => {
  for (const invokedAs of ["/bin/apply_patch", "applypatch"]) {
    const { code, err } = await run("", { invokedAs });
    assert.deepEqual([code, err.split("\n")[0]], [
      2,
      "Usage: apply_patch 'PATCH'",
    ]);
  }
});
