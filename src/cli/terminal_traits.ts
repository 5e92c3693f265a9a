/** What a terminal can do, by what its environment says of it. */
import type { Environment, HostInfo } from "@/platform/platform.ts";
import type { TerminalTraits } from "@/tui/ports.ts";
import type { ColorDepth } from "@/tui/render/encode.ts";
import type { ReflowKind } from "@/tui/render/screen.ts";

const OSC9_PROGRAMS = ["iTerm.app", "ghostty", "WezTerm"];

export function terminalTraits(
  env: Environment,
  os: HostInfo["os"],
): TerminalTraits {
  const program = env.get("TERM_PROGRAM") ?? "";
  const isWindowsTerminal = env.get("WT_SESSION") !== undefined;
  return {
    colors: colorDepth(env),
    reflow: reflowKind(env),
    // Zellij keeps nothing of what a region scrolls out.
    canScrollRegions: env.get("ZELLIJ") === undefined,
    // The consoles of Linux and of old Windows do not; all others of today do.
    marksPastes: env.get("TERM") !== "linux" &&
      (os !== "windows" || isWindowsTerminal),
    hasOsc9: OSC9_PROGRAMS.includes(program),
    hasProgress: isWindowsTerminal || env.get("ConEmuANSI") === "ON" ||
      program === "ghostty",
    isWindowsTerminal: isWindowsTerminal &&
      env.get("WSL_DISTRO_NAME") !== undefined,
  };
}

function colorDepth(env: Environment): ColorDepth {
  // https://no-color.org: present and not empty.
  if (env.get("NO_COLOR")) return "none";
  const term = env.get("TERM") ?? "";
  if (term === "dumb") return "none";
  if (/^(truecolor|24bit)$/.test(env.get("COLORTERM") ?? "")) {
    return "truecolor";
  }
  if (env.get("WT_SESSION") !== undefined || /-direct$/.test(term)) {
    return "truecolor";
  }
  return /256/.test(term) || env.get("TERM_PROGRAM") === "Apple_Terminal"
    ? "256"
    : "16";
}

function reflowKind(env: Environment): ReflowKind {
  const term = env.get("TERM") ?? "";
  if (env.get("TMUX") !== undefined) return "wraps";
  return term === "linux" || /^screen/.test(term) || env.get("XTERM_VERSION")
    ? "cuts"
    : "wraps";
}
