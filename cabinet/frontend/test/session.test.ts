/** From a new key to its final file, and what is refused on the way. */

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { readCertificate } from "../src/keystore/certificate.js";
import * as der from "../src/keystore/der.js";
import { child, children, dotted, read } from "../src/keystore/der-reader.js";
import { compare, fromBase64, toBase64, utf8 } from "../src/keystore/encoding.js";
import { KeystoreError } from "../src/keystore/errors.js";
import { findIdentities } from "../src/keystore/identities.js";
import { generatePair } from "../src/keystore/keys.js";
import type { Generated } from "../src/keystore/protocol.js";
import { readFile } from "../src/keystore/read-file.js";
import { makePlaceholder } from "../src/keystore/requests.js";
import { Session } from "../src/keystore/session.js";

const PASSWORD = "Correct1Horse";
const session = new Session();
let ec: Generated;
let rsa: Generated;

before(async () => {
  ec = await session.generate("P-256", PASSWORD, "AUTH-pending.p12");
  rsa = await session.generate("RSA-2048", PASSWORD, "SIGN-pending.p12");
});

/** The placeholder stands in for what the portal issues: it has the right key. */
async function certificateIn(file: ArrayBuffer): Promise<string> {
  const [first] = (await readFile(file, PASSWORD)).certificates;
  assert.ok(first);
  return toBase64(first.der);
}

function refusedAs(code: string): (error: unknown) => boolean {
  return (error) => error instanceof KeystoreError && error.code === code;
}

test("a waiting file opens with its password", async () => {
  assert.equal(await session.reopen(ec.pending, PASSWORD), ec.keyId);
  assert.equal(await session.reopen(rsa.pending, PASSWORD), rsa.keyId);
  await assert.rejects(session.reopen(ec.pending, "Correct1horse"), refusedAs("keystore.password"));
});

test("a waiting key cannot sign before it has its certificate", async () => {
  await assert.rejects(session.sign(ec.keyId, "text"), refusedAs("keystore.no_key"));
});

test("the request names nobody", () => {
  const info = child(read(fromBase64(ec.request)), 0);
  const name = child(info, 1);
  assert.equal(new TextDecoder().decode(child(child(child(name, 0), 0), 1).content), "AUTH-pending.p12");
  assert.equal(children(name).length, 1);
});

test("a key and its certificate become a file that signs", async () => {
  const { p12, keyId } = await session.finish(ec.pending, PASSWORD, await certificateIn(ec.pending), []);
  assert.equal(keyId, ec.keyId);
  assert.ok(await session.sign(keyId, "text"));
  const { keys } = await new Session().open(p12, PASSWORD);
  assert.deepEqual(keys.map(({ id, algorithm }) => [id, algorithm]), [[ec.keyId, "P-256"]]);
});

test("the chain goes into the file after the certificate", async () => {
  const issuer = await certificateIn(rsa.pending);
  const certificate = await certificateIn(ec.pending);
  const { p12 } = await session.finish(ec.pending, PASSWORD, certificate, [issuer]);
  const { certificates } = await readFile(p12, PASSWORD);
  assert.deepEqual(certificates.map((one) => toBase64(one.der)), [certificate, issuer]);
});

test("a certificate for another key is refused", async () => {
  const other = await certificateIn(rsa.pending);
  await assert.rejects(
    session.finish(ec.pending, PASSWORD, other, []),
    refusedAs("keystore.key_mismatch"),
  );
});

test("signed attributes are sorted and all there", async () => {
  const [identity] = await findIdentities(await readFile(rsa.pending, PASSWORD));
  assert.ok(identity);
  await session.open(rsa.pending, PASSWORD);
  const cms = read(fromBase64(await session.sign(rsa.keyId, "өтініш")));
  const signedData = child(child(cms, 1), 0);
  const signerInfo = child(child(signedData, 4), 0);
  const attributes = children(child(signerInfo, 3));
  const encoded = attributes.map(({ raw }) => raw);
  assert.deepEqual(encoded, [...encoded].sort(compare));
  assert.deepEqual(attributes.map((one) => dotted(child(one, 0))).sort(), [
    "1.2.840.113549.1.9.16.2.47",
    "1.2.840.113549.1.9.3",
    "1.2.840.113549.1.9.4",
    "1.2.840.113549.1.9.5",
  ]);
  // The certificate stands in it byte for byte, the content does not stand in it at all.
  assert.deepEqual(child(signedData, 3).content, identity.certificate.der);
  assert.equal(children(child(signedData, 2)).length, 1);
});

test("a password with other signs than ASCII is not written", async () => {
  await assert.rejects(session.generate("P-256", "Құпиясөз1", "key"), refusedAs("keystore.failed"));
});

test("what is no key file is told so", async () => {
  for (const bytes of [utf8(""), utf8("-----BEGIN CERTIFICATE-----"), der.sequence(der.number(3)), der.NULL]) {
    await assert.rejects(session.open(bytes.slice().buffer, PASSWORD), refusedAs("keystore.not_keystore"));
  }
});

test("a file over 1 MB is not read", async () => {
  await assert.rejects(session.open(new ArrayBuffer(1024 * 1024 + 1), PASSWORD), refusedAs("keystore.too_large"));
});

test("a file that asks for too many rounds is refused at once", async () => {
  // MacData is the last element, its rounds are the last number: 250 000 becomes 16 777 215.
  const bytes = new Uint8Array(ec.pending.slice(0));
  bytes.set([0xff, 0xff, 0xff], bytes.length - 3);
  bytes[bytes.length - 3] = 0x7f;
  const started = performance.now();
  await assert.rejects(session.open(bytes.buffer, PASSWORD), refusedAs("keystore.iterations"));
  assert.ok(performance.now() - started < 500);
});

test("a damaged file is refused, or the damage was in nothing that matters", async () => {
  for (let at = 0; at < ec.pending.byteLength; at += 401) {
    const bytes = new Uint8Array(ec.pending.slice(0));
    bytes[at] = (bytes[at] ?? 0) ^ 0x01;
    const answer = await session.reopen(bytes.buffer, PASSWORD).catch((error: unknown) => error);
    assert.ok(answer instanceof KeystoreError || answer === ec.keyId);
  }
});

test("a placeholder says nothing but its name", async () => {
  const { pair, algorithm } = await generatePair("P-256");
  const spki = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
  const now = new Date("2026-11-23T10:00:00Z");
  const made = await makePlaceholder({ key: pair.privateKey, algorithm }, spki, "waiting.p12", now);
  const certificate = readCertificate(made);
  assert.equal(certificate.subjectName, "waiting.p12");
  assert.equal(certificate.purpose, "OTHER");
  assert.equal(certificate.notAfter.toISOString(), "2027-02-21T10:00:00.000Z");
});
