/** DER as written, BER as read. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { implicitOctets, toDer } from "../src/keystore/ber.js";
import * as der from "../src/keystore/der.js";
import { child, children, dotted, MalformedError, moment, read } from "../src/keystore/der-reader.js";
import { toHex } from "../src/keystore/encoding.js";
import { hex } from "./hex.js";

test("lengths take the shortest form", () => {
  const lengths = [0, 127, 128, 255, 256, 65536].map((size) => toHex(der.octetString(new Uint8Array(size)).subarray(1, 5)));
  assert.deepEqual(lengths, ["00", "7f000000", "81800000", "81ff0000", "82010000", "83010000"]);
});

test("a SET OF is sorted by its encodings", () => {
  const set = der.setOf([der.number(300), der.octetString(hex("ff")), der.number(2)]);
  assert.equal(toHex(set), "310a020102" + "0202012c" + "0401ff");
});

test("numbers are not negative and have no zeros to spare", () => {
  assert.equal(toHex(der.integer(hex("0000ff"))), "020200ff");
  assert.equal(toHex(der.number(0)), "020100");
  assert.equal(toHex(der.number(250_000)), "020303d090");
});

test("object identifiers come back as they were written", () => {
  for (const name of ["1.2.840.113549.1.9.16.2.47", "2.5.4.3", "2.16.840.1.101.3.4.2.1", "1.2.398.3.10.1.1.1"]) {
    assert.equal(dotted(read(der.oid(name))), name);
  }
});

test("times from 2050 on have four digits for the year", () => {
  const [before, after] = [new Date("2049-12-31T23:59:59Z"), new Date("2050-01-01T00:00:00Z")];
  assert.equal(toHex(der.time(before)).slice(0, 4), "170d");
  assert.equal(toHex(der.time(after)).slice(0, 4), "180f");
  assert.deepEqual([before, after].map((one) => moment(read(der.time(one)))), [before, after]);
});

test("indefinite lengths and strings in pieces become DER", () => {
  // SEQUENCE { OCTET STRING "abcd" in pieces, INTEGER 5 }
  const ber = hex("3080" + "2480" + "04026162" + "04026364" + "0000" + "020105" + "0000");
  assert.equal(toHex(toDer(ber)), "3009" + "040461626364" + "020105");
});

test("pieces in pieces are joined", () => {
  const ber = hex("2480" + "2404" + "04026162" + "0401" + "63" + "0000");
  assert.equal(toHex(toDer(ber)), "0403616263");
});

test("what an OCTET STRING holds is not touched", () => {
  const inner = "308002010500000000";
  assert.equal(toHex(toDer(hex("3080" + "0409" + inner + "0000"))), "300b" + "0409" + inner);
});

test("DER comes through as it is", () => {
  const known = der.sequence(der.oid("2.5.4.3"), der.tagged(0, der.octetString(new Uint8Array(200))));
  assert.deepEqual(toDer(known), known);
});

test("an implicit string is read whole or in pieces", () => {
  assert.equal(toHex(implicitOctets(read(hex("80026162")))), "6162");
  assert.equal(toHex(implicitOctets(read(toDer(hex("a080" + "04016104016200" + "00"))))), "6162");
});

test("malformed input is refused", () => {
  const bad = ["", "30", "3005", "30800201", "0480000000", "308402", "1f8101", "3003020500", "24800201050000"];
  for (const bytes of bad) {
    assert.throws(() => toDer(hex(bytes)), MalformedError, bytes);
  }
});

test("a file that nests without end does not exhaust the stack", () => {
  assert.throws(() => toDer(new Uint8Array(1_000_000).map((_, index) => (index % 2 ? 0x80 : 0x30))), MalformedError);
});

test("a missing child is refused", () => {
  const empty = read(der.sequence());
  assert.deepEqual(children(empty), []);
  assert.throws(() => child(empty, 0), MalformedError);
});
