import assert from "node:assert/strict";
import { isPublicAddress } from "@/sandbox/proxy/addresses.ts";

const PUBLIC = [
  "1.1.1.1",
  "93.184.216.34",
  "172.15.255.255",
  "172.32.0.1",
  "100.63.255.255",
  "192.0.1.1",
  "223.255.255.255",
  "2606:4700:4700::1111",
  "2002:5db8:d822::1",
  "64:ff9b::93.184.216.34",
];

const INNER = [
  "0.0.0.0",
  "10.1.2.3",
  "100.64.0.1",
  "100.100.100.200",
  "127.0.0.1",
  "127.255.255.254",
  "169.254.169.254",
  "169.254.170.2",
  "172.16.0.1",
  "172.31.255.255",
  "192.0.0.192",
  "192.168.1.1",
  "198.19.0.1",
  "224.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "::ffff:127.0.0.1",
  "::ffff:93.184.216.34",
  "::7f00:1",
  "64:ff9b::127.0.0.1",
  "64:ff9b::a9fe:a9fe",
  "64:ff9b:1::1",
  "2002:7f00:1::1",
  "2001::1",
  "2001:db8::1",
  "fc00::1",
  "fd00:ec2::254",
  "fe80::1",
  "fe80::1%eth0",
  "ff02::1",
];

const WRONG = [
  "",
  "a.org",
  "1.2.3",
  "1.2.3.256",
  "1::2::3",
  "1:2:3",
  "1.2.3.4::",
  ":::",
];

Deno.test("isPublicAddress() knows the Internet from everything that is nearer", () => {
  assert.deepEqual(PUBLIC.filter((address) => !isPublicAddress(address)), []);
  assert.deepEqual(INNER.filter(isPublicAddress), []);
});

Deno.test("isPublicAddress() trusts nothing it cannot read", () => {
  assert.deepEqual(WRONG.filter(isPublicAddress), []);
});
