/** What property tests draw from. */
import fc from "fast-check";

/**
 * Any well-formed text, code points of all planes. (The library's own "binary" unit
 * takes a second to set up.)
 */
export function anyText(maxLength = 24): fc.Arbitrary<string> {
  const codePoint = fc.oneof(
    fc.integer({ min: 0, max: 0x7f }),
    fc.integer({ min: 0x80, max: 0x10ffff }),
  ).filter((value) => value < 0xd800 || value > 0xdfff);
  const unit = codePoint.map((value) => String.fromCodePoint(value));
  return fc.string({ unit, maxLength });
}
