/** The encrypted key files of an application, kept in this browser by number and purpose.
 *
 * A browser may forget them or keep nothing at all: then nothing is found, and the saved file is
 * asked for. What is kept opens only with the person's password.
 */

import type { Plan } from "./plans.js";

const DATABASE = "cabinet";
const STORE = "key-files";
const FINAL = "final";

export interface Waiting {
  readonly purpose: string;
  /** SHA-256 of the public key, hex. */
  readonly keyId: string;
  /** PKCS#10, base64. */
  readonly request: string;
  readonly bytes: ArrayBuffer;
}

/** The waiting keys of an application that this browser has. */
export async function load(number: string, plans: readonly Plan[]): Promise<Waiting[]> {
  const found = await Promise.all(plans.map((plan) => read<Waiting>(`${number}/${plan.purpose}`)));
  return found.filter((key) => key !== undefined);
}

/** Keep waiting keys, in place of those that were there. */
export async function save(number: string, keys: readonly Waiting[]): Promise<void> {
  await write((store) => {
    for (const key of keys) {
      store.put(key, `${number}/${key.purpose}`);
    }
  });
}

/** Forget the waiting keys: their certificates are installed. */
export async function remove(number: string, plans: readonly Plan[]): Promise<void> {
  await write((store) => {
    for (const plan of plans) {
      store.delete(`${number}/${plan.purpose}`);
    }
  });
}

/** Keep the finished files, by purpose, so that they can be saved again. */
export async function keepFinals(
  number: string,
  files: ReadonlyMap<string, ArrayBuffer>,
): Promise<void> {
  await write((store) => {
    for (const [purpose, bytes] of files) {
      store.put(bytes, `${number}/${purpose}/${FINAL}`);
    }
  });
}

/** The finished files that this browser still has, by purpose. */
export async function loadFinals(
  number: string,
  plans: readonly Plan[],
): Promise<Map<string, ArrayBuffer>> {
  const found = new Map<string, ArrayBuffer>();
  for (const { purpose } of plans) {
    const bytes = await read<ArrayBuffer>(`${number}/${purpose}/${FINAL}`);
    if (bytes) {
      found.set(purpose, bytes);
    }
  }
  return found;
}

/** Forget the finished files. */
export async function clearFinals(number: string, plans: readonly Plan[]): Promise<void> {
  await write((store) => {
    for (const { purpose } of plans) {
      store.delete(`${number}/${purpose}/${FINAL}`);
    }
  });
}

async function read<T>(key: string): Promise<T | undefined> {
  try {
    const database = await open();
    const request = database.transaction(STORE).objectStore(STORE).get(key);
    const value = (await settled(request)) as T | undefined;
    database.close();
    return value;
  } catch (error) {
    console.warn(error);
    return undefined;
  }
}

/** Private windows and full disks keep nothing; the downloaded file is the one that counts. */
async function write(work: (store: IDBObjectStore) => void): Promise<void> {
  try {
    const database = await open();
    const transaction = database.transaction(STORE, "readwrite", { durability: "strict" });
    work(transaction.objectStore(STORE));
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => {
        resolve();
      };
      transaction.onabort = () => {
        reject(transaction.error ?? new Error("IndexedDB gave up"));
      };
    });
    database.close();
  } catch (error) {
    console.warn(error);
  }
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(STORE);
  };
  return settled(request);
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(request.error ?? new Error("IndexedDB failed"));
    };
  });
}
