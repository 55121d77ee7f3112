/** Bytes and the texts that stand for them: base64, hex, UTF-8, and what PKCS#12 makes of a password. */

/** Bytes over a buffer of their own, never over shared memory: what WebCrypto takes. */
export type Bytes = Uint8Array<ArrayBuffer>;

export function concat(...parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Byte by byte from the left; the shorter first. The order of a DER SET OF (X.690 11.6). */
export function compare(left: Uint8Array, right: Uint8Array): number {
  const shared = Math.min(left.length, right.length);
  for (let i = 0; i < shared; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) {
      return difference;
    }
  }
  return left.length - right.length;
}

export function isEqual(left: Uint8Array, right: Uint8Array): boolean {
  return compare(left, right) === 0;
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** One char per byte: what `btoa` and forge take for bytes. */
export function toBinary(bytes: Uint8Array): string {
  let text = "";
  // A call takes only so many arguments; 8192 is safe everywhere.
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return text;
}

export function fromBinary(text: string): Bytes {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

export function toBase64(bytes: Uint8Array): string {
  return btoa(toBinary(bytes));
}

/** Throws `InvalidCharacterError` for what is not base64. */
export function fromBase64(text: string): Bytes {
  return fromBinary(atob(text));
}

export function utf8(text: string): Bytes {
  return new TextEncoder().encode(text);
}

/** UTF-16, big endian: the content of a BMPString. */
export function utf16(text: string): Bytes {
  const bytes = new Uint8Array(text.length * 2);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    bytes[2 * i] = unit >> 8;
    bytes[2 * i + 1] = unit & 0xff;
  }
  return bytes;
}
