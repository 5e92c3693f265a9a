/** Names for agents, so that people and models can tell them apart. */
import type { Random } from "@/platform/platform.ts";

/** Surnames of people who explored, measured or computed; short and easy to say. */
const NAMES = [
  "Ada",
  "Amundsen",
  "Banneker",
  "Bose",
  "Brahe",
  "Cook",
  "Curie",
  "Darwin",
  "Dirac",
  "Euclid",
  "Euler",
  "Faraday",
  "Fermat",
  "Franklin",
  "Gauss",
  "Germain",
  "Goeppert",
  "Hamilton",
  "Hedin",
  "Herschel",
  "Hopper",
  "Hubble",
  "Humboldt",
  "Hypatia",
  "Johnson",
  "Kepler",
  "Kingsley",
  "Kovalevskaya",
  "Lamarr",
  "Lovelace",
  "Maxwell",
  "Meitner",
  "Mercator",
  "Nansen",
  "Noether",
  "Pascal",
  "Planck",
  "Ramanujan",
  "Ritchie",
  "Sacagawea",
  "Shackleton",
  "Shannon",
  "Tereshkova",
  "Turing",
  "Wu",
] as const;

/** A name nobody in `taken` has; numbered once the list is used up. */
export function pickNickname(
  candidates: readonly string[],
  taken: ReadonlySet<string>,
  random: Random,
): string {
  const names = candidates.length === 0 ? NAMES : candidates;
  const [first = 0, second = 0] = random.bytes(2);
  const start = ((first << 8) + second) % names.length;
  for (let round = 1;; round++) {
    for (let step = 0; step < names.length; step++) {
      const name = names[(start + step) % names.length] ?? "Agent";
      const numbered = round === 1 ? name : `${name} ${round}`;
      if (!taken.has(numbered)) return numbered;
    }
  }
}
