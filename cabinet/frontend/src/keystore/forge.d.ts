/** The three files of node-forge that are used: two old ciphers, and the object they hang on. */

declare module "node-forge/lib/forge.js" {
  interface Buffer {
    getBytes(): string;
  }
  interface Cipher {
    start(iv: Buffer): void;
    update(input: Buffer): void;
    /** False when the padding is wrong. */
    finish(): boolean;
    readonly output: Buffer;
  }
  const forge: {
    readonly util: { createBuffer(binary: string): Buffer };
    readonly des: { createDecryptionCipher(key: string): Cipher };
    readonly rc2: { createDecryptionCipher(key: string, bits: number): Cipher };
  };
  export default forge;
}
declare module "node-forge/lib/des.js";
declare module "node-forge/lib/rc2.js";
