/** Reads from a certificate what the page shows and what a signature names. Judges nothing. */

import { child, children, characters, dotted, type Element, MalformedError, moment, read } from "./der-reader.js";
import { type Bytes, toHex } from "./encoding.js";
import type { Purpose } from "./protocol.js";

const COMMON_NAME = "2.5.4.3";
const GIVEN_NAME = "2.5.4.42";
const KEY_USAGE = "2.5.29.15";
const EXTENDED_KEY_USAGE = "2.5.29.37";
const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
// KeyUsage (RFC 5280 4.2.1.3): the first two bits of the first octet.
const DIGITAL_SIGNATURE = 0x80;
const NON_REPUDIATION = 0x40;
const EXTENSIONS_TAG = 0xa3;
const VERSION_TAG = 0xa0;

export interface Certificate {
  readonly der: Bytes;
  /** Name, as it stands in the certificate. */
  readonly issuer: Bytes;
  /** Name, as it stands in the certificate. */
  readonly subject: Bytes;
  /** INTEGER, as it stands in the certificate. */
  readonly serial: Bytes;
  readonly serialHex: string;
  /** SubjectPublicKeyInfo, as it stands in the certificate. */
  readonly spki: Bytes;
  readonly subjectName: string;
  readonly notAfter: Date;
  readonly purpose: Purpose;
}

/** Read one DER certificate. Throws `MalformedError`. RFC 5280 4.1. */
export function readCertificate(der: Bytes): Certificate {
  const fields = children(child(read(der), 0));
  if (fields[0]?.tag === VERSION_TAG) {
    fields.shift();
  }
  const [serial, , issuer, validity, subject, spki, ...rest] = fields;
  if (!serial || !issuer || !validity || !subject || !spki) {
    throw new MalformedError();
  }
  return {
    der,
    issuer: issuer.raw,
    subject: subject.raw,
    serial: serial.raw,
    serialHex: toHex(serial.content).replace(/^(00)+(?=.)/, ""),
    spki: spki.raw,
    subjectName: fullName(subject),
    notAfter: moment(child(validity, 1)),
    purpose: purposeOf(extensionsOf(rest)),
  };
}

/** The common name, then the patronymic, which stands in GIVENNAME; all there is where both lack. */
function fullName(name: Element): string {
  const found = new Map<string, string>();
  for (const attribute of children(name).flatMap(children)) {
    const type = dotted(child(attribute, 0));
    if (!found.has(type)) {
      found.set(type, characters(child(attribute, 1)));
    }
  }
  const full = [COMMON_NAME, GIVEN_NAME].flatMap((type) => found.get(type) ?? []).join(" ");
  return full || [...found.values()].join(", ");
}

function extensionsOf(fields: readonly Element[]): Map<string, Element> {
  const list = fields.find((field) => field.tag === EXTENSIONS_TAG);
  const extensions = list ? children(child(list, 0)) : [];
  return new Map(
    extensions.map((extension) => {
      const value = children(extension).at(-1);
      if (!value) {
        throw new MalformedError();
      }
      return [dotted(child(extension, 0)), read(value.content)];
    }),
  );
}

function purposeOf(extensions: ReadonlyMap<string, Element>): Purpose {
  const usage = extensions.get(KEY_USAGE)?.content[1] ?? 0;
  const extended = extensions.get(EXTENDED_KEY_USAGE);
  const canSignIn = extended !== undefined && children(extended).some((one) => dotted(one) === CLIENT_AUTH);
  if ((usage & DIGITAL_SIGNATURE) === 0) {
    return "OTHER";
  }
  if ((usage & NON_REPUDIATION) !== 0) {
    return canSignIn ? "COMBINED" : "SIGN";
  }
  return canSignIn ? "AUTH" : "OTHER";
}
