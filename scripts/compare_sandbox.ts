/**
 * Tries the attacks of `tests/sandbox/escapes/` under this program's sandbox and, when
 * `CODEX_REFERENCE` names the reference's binary, under its `sandbox linux --full-auto`;
 * prints one table. As root every attack is tried as an ordinary user too. Without a
 * sandbox they are tried only as an ordinary user, to see that they would succeed.
 *
 *   CODEX_REFERENCE=/path/to/codex deno run -A scripts/compare_sandbox.ts
 */
import { createPlatform } from "@/platform/deno.ts";
import { buildHelper } from "@/sandbox/linux/helper_build.ts";
import {
  buildTools,
  type Confiner,
  helperConfiner,
  tryAttack,
} from "@test/sandbox/escapes/arena.ts";
import { ATTACKS } from "@test/sandbox/escapes/list.ts";

const ORDINARY_UID = 1000;

const directory = await Deno.makeTempDir({
  dir: "/var/tmp",
  prefix: "codex-compare-",
});
try {
  await Deno.chmod(directory, 0o755);
  await compare(directory);
} finally {
  await Deno.remove(directory, { recursive: true });
}

async function compare(place: string): Promise<void> {
  const tools = await buildTools(place);
  const built = await buildHelper(createPlatform(), Deno.build.arch, place);
  if (tools === undefined || built.kind !== "built") {
    throw new Error("Cannot build the attacks: a C compiler is needed");
  }
  const confiners: Record<string, Confiner> = {
    ours: helperConfiner(built.path),
  };
  const reference = Deno.env.get("CODEX_REFERENCE");
  if (reference !== undefined) {
    // Where an ordinary user can reach it.
    await Deno.copyFile(reference, `${place}/codex`);
    await Deno.chmod(`${place}/codex`, 0o755);
    confiners["reference"] = async (script) => [
      `${place}/codex`,
      ...["sandbox", "linux", "--full-auto", "--", "/bin/sh", "-c", script],
    ];
  }
  const uids = Deno.uid() === 0 ? [0, ORDINARY_UID] : [Deno.uid() ?? 0];
  const bare: Confiner = async (script) => ["/bin/sh", "-c", script];
  const columns = [
    {
      title: "no sandbox",
      confine: bare,
      uid: uids.at(-1) ?? ORDINARY_UID,
      isControl: true,
    },
    ...uids.flatMap((uid) =>
      Object.entries(confiners).map(([name, confine]) => ({
        title: `${name}, uid ${uid}`,
        confine,
        uid,
        isControl: false,
      }))
    ),
  ];
  const escapes = new Map<string, number>();
  console.log(row("attempt", columns.map(({ title }) => title)));
  for (const attack of ATTACKS) {
    const verdicts: string[] = [];
    for (const { title, ...place } of columns) {
      const verdict = await tryAttack(attack, { ...place, tools });
      verdicts.push(verdict);
      if (verdict !== "ESCAPED") continue;
      escapes.set(title, (escapes.get(title) ?? 0) + 1);
    }
    console.log(row(attack.name, verdicts));
  }
  console.log(row(
    `escapes of ${ATTACKS.length}`,
    columns.map(({ title }) => String(escapes.get(title) ?? 0)),
  ));
}

function row(name: string, cells: readonly string[]): string {
  return name.padEnd(52) + cells.map((cell) => cell.padEnd(20)).join("");
}
