/**
 * A detached signature in CMS (RFC 5652) at the level CAdES-BES (ETSI EN 319 122-1).
 *
 * Written in DER throughout, so that every verifier reads the same bytes.
 */

import type { Certificate } from "./certificate.js";
import { attribute, number, octetString, oid, sequence, setOf, tagged, time } from "./der.js";
import type { Bytes } from "./encoding.js";
import type { Identity } from "./identities.js";
import { sign } from "./keys.js";

const DATA = "1.2.840.113549.1.7.1";
const SIGNED_DATA = "1.2.840.113549.1.7.2";
const CONTENT_TYPE = "1.2.840.113549.1.9.3";
const MESSAGE_DIGEST = "1.2.840.113549.1.9.4";
const SIGNING_TIME = "1.2.840.113549.1.9.5";
const SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47";
const VERSION_1 = number(1);
const DIRECTORY_NAME = 4;

/** ContentInfo in DER; `content` itself is not in it, the certificate and its chain are. */
export async function signDetached(identity: Identity, content: Bytes, now: Date): Promise<Bytes> {
  const { certificate, chain, key } = identity;
  const attributes = await signedAttributes(identity, content, now);
  // RFC 5652 5.4: signed as a SET OF, though it stands in the message under [0].
  const signature = await sign(key, setOf(attributes));
  const signerInfo = sequence(
    VERSION_1,
    issuerAndSerial(certificate),
    key.algorithm.digest,
    setOf(attributes, 0xa0),
    key.algorithm.cmsSignature,
    octetString(signature),
  );
  const signedData = sequence(
    VERSION_1,
    setOf([key.algorithm.digest]),
    sequence(oid(DATA)),
    setOf(
      [certificate, ...chain].map(({ der }) => der),
      0xa0,
    ),
    setOf([signerInfo]),
  );
  return sequence(oid(SIGNED_DATA), tagged(0, signedData));
}

async function signedAttributes({ certificate, key }: Identity, content: Bytes, now: Date): Promise<Bytes[]> {
  const digest = await crypto.subtle.digest(key.algorithm.parameters.hash, content);
  return [
    attribute(CONTENT_TYPE, oid(DATA)),
    attribute(SIGNING_TIME, time(now)),
    attribute(MESSAGE_DIGEST, octetString(new Uint8Array(digest))),
    attribute(SIGNING_CERTIFICATE_V2, await signingCertificate(certificate)),
  ];
}

/** SigningCertificateV2 (RFC 5035 3). The hash algorithm is its DEFAULT, SHA-256, so DER leaves it out. */
async function signingCertificate({ der, issuer, serial }: Certificate): Promise<Bytes> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", der));
  const issuerSerial = sequence(sequence(tagged(DIRECTORY_NAME, issuer)), serial);
  return sequence(sequence(sequence(octetString(hash), issuerSerial)));
}

function issuerAndSerial({ issuer, serial }: Certificate): Bytes {
  return sequence(issuer, serial);
}
