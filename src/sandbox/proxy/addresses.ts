/**
 * Which addresses are the Internet's, and which lead back into this machine, its
 * network or its cloud's metadata. Pure. What cannot be read is not the Internet's.
 *
 * Source: the IANA special-purpose address registries (RFC 6890).
 */

/** First address and length of the prefix of each block that is not for everybody. */
const SPECIAL_V4 = [
  ["0.0.0.0", 8], // this network
  ["10.0.0.0", 8], // private
  ["100.64.0.0", 10], // shared by carriers; a cloud's metadata
  ["127.0.0.0", 8], // loopback
  ["169.254.0.0", 16], // link-local; most clouds' metadata
  ["172.16.0.0", 12], // private
  ["192.0.0.0", 24], // protocol assignments; a cloud's metadata
  ["192.0.2.0", 24], // documentation
  ["192.88.99.0", 24], // 6to4 relays
  ["192.168.0.0", 16], // private
  ["198.18.0.0", 15], // benchmarks
  ["198.51.100.0", 24], // documentation
  ["203.0.113.0", 24], // documentation
  ["224.0.0.0", 3], // multicast, reserved, broadcast
] as const;

/** True when the address belongs to the public Internet. */
export function isPublicAddress(text: string): boolean {
  const v4 = parseV4(text);
  if (v4 !== undefined) return isPublicV4(v4);
  const groups = parseV6(text);
  return groups !== undefined && isPublicV6(groups);
}

function isPublicV4(address: number): boolean {
  return !SPECIAL_V4.some(([block, length]) => {
    const shift = 32 - length;
    return address >>> shift === (parseV4(block) ?? 0) >>> shift;
  });
}

// Addresses that carry an IPv4 address lead to that one on some networks. Of the rest
// only 2000::/3 is for everybody.
function isPublicV6(groups: readonly number[]): boolean {
  const [first = 0, second = 0] = groups;
  const embedded = ((groups[6] ?? 0) * 0x10000 + (groups[7] ?? 0)) >>> 0;
  const isTranslated = first === 0x64 && second === 0xff9b &&
    groups.slice(2, 6).every((group) => group === 0);
  if (isTranslated) return isPublicV4(embedded);
  if (first === 0x2002) {
    return isPublicV4((second * 0x10000 + (groups[2] ?? 0)) >>> 0);
  }
  const isSpecial = first === 0x2001 && (second < 0x200 || second === 0xdb8);
  return first >>> 13 === 1 && !isSpecial && first !== 0x3fff;
}

function parseV4(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return undefined;
  const parts = match.slice(1).map(Number);
  if (parts.some((part) => part > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

function parseV6(text: string): readonly number[] | undefined {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const last = dotted === null ? undefined : parseV4(dotted[2] ?? "");
  if (dotted !== null && last === undefined) return undefined;
  const plain = last === undefined
    ? text
    : `${dotted?.[1]}${(last >>> 16).toString(16)}:${
      (last & 0xffff).toString(16)
    }`;
  const halves = plain.split("::");
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) =>
    half === "" ? [] : half.split(":")
  );
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array(missing).fill("0"), ...tail];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) {
    return undefined;
  }
  return groups.map((group) => parseInt(group, 16));
}
