/**
 * Builds the program: a bundle of one chunk per command in `dist/bundle/`, the sandbox
 * helper beside it, and an executable, `dist/codex`, of both.
 *
 * `--target=aarch64-unknown-linux-gnu` (or another triple of `deno compile`) builds for
 * another machine; the helper is then that machine's.
 *
 * The executable needs a Deno that has its compile runtime: `DENO_COMPILE` names
 * another Deno than the one that runs this. When none can be had, the bundle and a
 * launcher remain, which do the same and need Deno at run time.
 */
import * as esbuild from "esbuild";

const ROOT = decodeURIComponent(new URL("../", import.meta.url).pathname);
const DIST = `${ROOT}dist`;
const BUNDLE = `${DIST}/bundle`;

/** The machine to build for; undefined for this one. */
const TARGET = /^--target=(.+)$/.exec(Deno.args[0] ?? "")?.[1];

/**
 * What the program may do. Named, because `--allow-all` would also open `/proc` and
 * the environment of other processes.
 */
const PERMISSIONS = [
  "--no-prompt",
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-net",
  // The addresses at which clouds hand their credentials to whoever asks.
  "--deny-net=169.254.169.254,169.254.170.2,100.100.100.200,metadata.google.internal",
  "--allow-run",
  "--allow-sys",
  "--allow-ffi",
];

async function main(): Promise<void> {
  await Deno.mkdir(DIST, { recursive: true });
  const helperNames = await buildHelper();
  await bundle(await installDependencies());
  for (const name of helperNames) {
    await Deno.copyFile(`${DIST}/${name}`, `${BUNDLE}/${name}`);
  }
  console.log(`Built ${BUNDLE} (${await sizeOf(BUNDLE)} KB)`);
  await compile();
}

/** Builds the sandbox helper; gives the files a package must hold. */
async function buildHelper(): Promise<readonly string[]> {
  for (const name of await helpersIn(DIST)) {
    await Deno.remove(`${DIST}/${name}`);
  }
  const arch = TARGET?.split("-")[0];
  if (TARGET !== undefined && !TARGET.includes("-linux-")) return [];
  await run(Deno.execPath(), [
    "run",
    "--quiet",
    ...PERMISSIONS,
    `${ROOT}scripts/build_helper.ts`,
    ...(arch === undefined ? [] : [`--arch=${arch}`]),
  ]);
  return await helpersIn(DIST);
}

async function helpersIn(directory: string): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(directory)) {
    if (entry.name.startsWith("sandbox-helper-")) names.push(entry.name);
  }
  return names;
}

/** Puts the exact npm packages of the import map where the bundler looks for them. */
async function installDependencies(): Promise<string> {
  const directory = `${DIST}/dependencies`;
  await Deno.mkdir(directory, { recursive: true });
  const config = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  const dependencies: Record<string, string> = {};
  for (const target of Object.values<string>(config.imports)) {
    // With slashes at both ends it is a package of many modules.
    const match = /^npm:\/?((?:@[^/]+\/)?[^@]+)@([^/]+)\/?$/.exec(target);
    const isBuildOnly = match !== null &&
      DEVELOPMENT_ONLY.includes(match[1] ?? "");
    if (match !== null && !isBuildOnly) {
      dependencies[match[1] ?? ""] = match[2] ?? "";
    }
  }
  await Deno.writeTextFile(
    `${directory}/package.json`,
    JSON.stringify({ dependencies }),
  );
  await Deno.writeTextFile(`${directory}/deno.json`, "{}");
  await run(
    Deno.execPath(),
    ["install", "--quiet", "--node-modules-dir=auto"],
    directory,
  );
  return `${directory}/node_modules`;
}

/** Packages only scripts and tests use. */
const DEVELOPMENT_ONLY = [
  "esbuild",
  "fast-check",
  "@openai/codex-sdk",
  "@xterm/headless",
];

async function bundle(nodeModules: string): Promise<void> {
  await Deno.remove(BUNDLE, { recursive: true }).catch(() => undefined);
  await esbuild.build({
    entryPoints: [
      { in: `${ROOT}main.ts`, out: "main" },
      // Started by its address, so it keeps a name and lies beside the chunks.
      { in: `${ROOT}src/cli/binding_thread.ts`, out: "binding_thread" },
    ],
    outdir: BUNDLE,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "esnext",
    minify: true,
    keepNames: true,
    legalComments: "external",
    alias: { "@": `${ROOT}src` },
    nodePaths: [nodeModules],
    plugins: [textImports],
    logLevel: "warning",
  });
  await esbuild.stop();
}

/** `import text from "./x.md" with { type: "text" }`, as the runtime understands it. */
const textImports: esbuild.Plugin = {
  name: "text-imports",
  setup(build) {
    build.onLoad({ filter: /.*/ }, async ({ path, with: attributes }) => {
      if (attributes.type !== "text") return undefined;
      return { contents: await Deno.readTextFile(path), loader: "text" };
    });
  },
};

async function compile(): Promise<void> {
  const compiler = Deno.env.get("DENO_COMPILE") ?? Deno.execPath();
  const output = `${DIST}/codex${Deno.build.os === "windows" ? ".exe" : ""}`;
  const result = await new Deno.Command(compiler, {
    args: [
      "compile",
      "--quiet",
      "--no-config",
      "--no-lock",
      // A cache in the temporary directory could be forged by what runs there.
      "--no-code-cache",
      // As in the launcher, which says why.
      "--v8-flags=--max-semi-space-size=1",
      ...PERMISSIONS,
      ...(TARGET === undefined ? [] : ["--target", TARGET]),
      "--include",
      BUNDLE,
      "--output",
      output,
      `${BUNDLE}/main.js`,
    ],
    cwd: DIST,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (result.success) {
    return console.log(`Built ${output} (${await sizeOf(output)} KB)`);
  }
  const reason =
    new TextDecoder().decode(result.stderr).trim().split("\n")[0] ?? "";
  await hideImports();
  const launcher = await writeLauncher();
  console.log(`No executable was built: ${reason}`);
  console.log(
    `Use ${launcher} instead; it runs the bundle and needs Deno on the machine.`,
  );
}

/**
 * Started from files, the runtime reads every module that a literal `import()` names
 * before it runs the first line, wanted or not: with two hundred chunks a fifth of a
 * start. It does not look into a call. An executable has the chunks inside, and finds
 * them by their literals.
 */
async function hideImports(): Promise<void> {
  for await (const { name } of Deno.readDir(BUNDLE)) {
    if (!name.endsWith(".js")) continue;
    const path = `${BUNDLE}/${name}`;
    const code = await Deno.readTextFile(path);
    await Deno.writeTextFile(
      path,
      code.replace(/\bimport\(("\.\/[\w-]+\.js")\)/g, "import((()=>$1)())"),
    );
  }
}

/** A launcher that travels with the bundle. */
async function writeLauncher(): Promise<string> {
  const path = `${DIST}/codex.sh`;
  await Deno.writeTextFile(
    path,
    [
      "#!/bin/sh",
      "# Runs the bundle beside this file with Deno ($DENO, else the one on PATH).",
      'here=$(cd "$(dirname "$0")" && pwd -P) || exit 1',
      `exec "\${DENO:-deno}" run --quiet --no-config --no-lock ${
        PERMISSIONS.join(" ")
      } "$here/bundle/main.js" "$@"`,
      "",
    ].join("\n"),
  );
  await Deno.chmod(path, 0o755);
  return path;
}

async function run(
  program: string,
  args: readonly string[],
  cwd = ROOT,
): Promise<void> {
  const { success, code } = await new Deno.Command(program, {
    args: [...args],
    cwd,
    stdin: "null",
  }).spawn().status;
  if (!success) {
    throw new Error(
      `Cannot build: "${program} ${args[0]}" exited with ${code}`,
    );
  }
}

async function sizeOf(path: string): Promise<number> {
  const info = await Deno.stat(path);
  if (info.isFile) return Math.round(info.size / 1024);
  let total = 0;
  for await (const entry of Deno.readDir(path)) {
    total += (await Deno.stat(`${path}/${entry.name}`)).size;
  }
  return Math.round(total / 1024);
}

if (import.meta.main) await main();
